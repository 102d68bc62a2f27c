import type { TokenAxis } from '@loupe/shared';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useState } from 'react';
import { GridFocus } from '../../charts/grid-focus.tsx';
import { KindMark } from '../../charts/kind-mark.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import type { Selection } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { focusFeatureList, isBehindTab, showSelected } from '../selection/focus-list.ts';
import { CellOutline } from './cell-outline.tsx';
import { ColumnEdges } from './column-light.tsx';
import type { OnHover } from './hover.ts';
import type { MapLayout, MapRow } from './map-rows.ts';
import type { MapShading } from './map-shade.ts';
import { cellWords } from './map-words.ts';
import { TrackPlot } from './track-plot.tsx';
import { mapScene } from './track-scenes.ts';
import type { TracksPalette } from './tracks-palette.ts';
import { useKeyboardHover } from './use-keyboard-hover.ts';
import './source-map.css';

export interface SourceMapProps {
  run: Run;
  axis: TokenAxis;
  layout: MapLayout;
  shading: MapShading;
  selection: Selection;
  /** Row from the top under the pointer, with its position. */
  hovered: { position: number; row: number | null } | null;
  /** The column under the pointer, on whichever track. */
  column: number | null;
  palette: TracksPalette;
  onHover: OnHover;
}

/** Tokens across, sources down, last layer on top; each cell a source at a token. */
export const SourceMap = memo(function SourceMap(props: SourceMapProps) {
  const { run, axis, layout, shading, selection, hovered, column, palette, onHover } = props;
  const select = usePrompt((state) => state.select);
  const { position, source } = selection;
  const chosen = layout.rows.findIndex((row) => row.source === source);
  const [cursor, setCursor] = useState(0);
  useEffect(() => {
    if (chosen >= 0) setCursor(chosen);
  }, [chosen]);
  const row = Math.min(chosen >= 0 ? chosen : cursor, layout.rows.length - 1);

  const scene = useMemo(
    () => mapScene(run, layout, shading, axis, palette),
    [run, layout, shading, axis, palette],
  );

  const choose = useCallback(
    (at: number, index: number | null) => {
      const of = index === null ? undefined : layout.rows[index]?.source;
      if (of === undefined) return;
      // A second click on the selected cell lets the row go again.
      const { selection: now } = usePrompt.getState();
      const again = now.position === at && now.source === of && !isBehindTab();
      select(at, again ? null : of);
      showSelected();
    },
    [layout, select],
  );

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const from = chosen < 0 ? row - step : chosen;
      const next = layout.rows[Math.max(0, Math.min(from + step, layout.rows.length - 1))];
      if (next) select(position, next.source);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (chosen >= 0) focusFeatureList();
      else select(position, layout.rows[row]?.source ?? null);
    }
  }

  const keyboard = useKeyboardHover('map', position, Math.max(0, row), onHover);
  const current = layout.rows[row];
  const over = hovered?.row == null ? undefined : layout.rows[hovered.row];
  return (
    <div className="track">
      <div className="map-labels" style={{ height: layout.height }}>
        {layout.rows.map((each) => (
          <MapLabel
            key={each.source}
            row={each}
            title={run.sources[each.source]?.id ?? ''}
            chosen={each.source === source}
            onChoose={() => {
              select(position, each.source === source && !isBehindTab() ? null : each.source);
              showSelected();
            }}
          />
        ))}
      </div>
      <GridFocus
        className="map-grid"
        label="Map of sources: active features of each source on each token"
        rows={layout.rows.length}
        columns={axis.count}
        row={Math.max(0, row)}
        column={position}
        words={current ? cellWords(run, current.source, position) : ''}
        onKeyDown={onKeyDown}
        {...keyboard}
      >
        <TrackPlot track="map" scene={scene} onHover={onHover} onChoose={choose}>
          <MissingRows run={run} layout={layout} width={Math.min(axis.content, axis.viewport)} />
          <ColumnEdges axis={axis} selected={position} hovered={column} />
          {over && hovered && (
            <CellOutline axis={axis} position={hovered.position} row={over} of="hovered" />
          )}
          {current && (
            <div className="map-cursor" data-chosen={chosen >= 0 || undefined}>
              <CellOutline axis={axis} position={position} row={current} of="selected" />
            </div>
          )}
        </TrackPlot>
      </GridFocus>
    </div>
  );
});

function MapLabel(props: { row: MapRow; title: string; chosen: boolean; onChoose: () => void }) {
  const { row, title, chosen, onChoose } = props;
  return (
    // Out of the tab order: `[` and `]` move between rows, and so do the arrows on the grid.
    <button
      type="button"
      className="map-label"
      tabIndex={-1}
      aria-pressed={chosen}
      title={title}
      style={{ top: row.y, height: row.height - 1 }}
      onClick={onChoose}
    >
      <KindMark kind={row.kind} />
      <span>{row.label}</span>
    </button>
  );
}

/** Over the rows that have not arrived: a quiet sign of work, or that it stopped before them. */
function MissingRows({ run, layout, width }: { run: Run; layout: MapLayout; width: number }) {
  const working = run.status === 'streaming' || run.status === 'waiting';
  const next = working ? run.activations.indexOf(undefined) : -1;
  return layout.rows.map((row) => {
    if (run.activations[row.source]) return null;
    return (
      <div
        key={row.source}
        className="map-missing"
        data-next={row.source === next || undefined}
        style={{ top: row.y, width, height: row.height - 1 }}
      >
        {working ? null : 'did not arrive'}
      </div>
    );
  });
}
