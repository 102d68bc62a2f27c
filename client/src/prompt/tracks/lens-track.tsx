import { describeToken, formatProbability, type TokenAxis } from '@loupe/shared';
import { type KeyboardEvent, memo, useMemo, useState } from 'react';
import { GridFocus } from '../../charts/grid-focus.tsx';
import { lensCandidates, lensMissing } from '../../stores/prompt/lens-cells.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { CellOutline } from './cell-outline.tsx';
import { ColumnEdges } from './column-light.tsx';
import type { OnHover } from './hover.ts';
import { TrackPlot } from './track-plot.tsx';
import { lensScene } from './track-scenes.ts';
import type { TracksPalette } from './tracks-palette.ts';
import { useKeyboardHover } from './use-keyboard-hover.ts';

export interface LensTrackProps {
  run: Run;
  axis: TokenAxis;
  selected: number;
  hovered: { position: number; row: number | null } | null;
  /** The column under the pointer, on whichever track. */
  column: number | null;
  palette: TracksPalette;
  onHover: OnHover;
  /** A cell was chosen: its explanation is to stay. */
  onChoose: (position: number, row: number) => void;
}

/** The top prediction after each layer, read through the final LayerNorm, last layer on top. */
export const LensTrack = memo(function LensTrack(props: LensTrackProps) {
  const { run, axis, selected, hovered, column, palette, onHover, onChoose } = props;
  const { lens, tokens } = run;
  const [cursor, setCursor] = useState(0);
  const scene = useMemo(() => lensScene(run, axis, palette), [run, axis, palette]);
  const { rows } = scene;
  const layers = rows.length;

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setCursor(Math.max(0, Math.min(cursor + step, layers - 1)));
  }

  const keyboard = useKeyboardHover('lens', selected, cursor, onHover);
  const missing = lensMissing(run);
  const token = tokens[selected];
  const candidates = lensCandidates(lens, layers - 1 - cursor, selected)
    .slice(0, 3)
    .map(({ text, probability }) => `${text} ${formatProbability(probability)}`);
  const words = `after layer ${layers - 1 - cursor}, ${token ? describeToken(token) : ''}, position ${selected}: ${
    candidates.join(', ') || 'not there yet'
  }`;
  const over = hovered?.row == null ? undefined : rows[hovered.row];
  const current = rows[cursor];
  return (
    <div className="track">
      <div className="lens-labels" style={{ height: scene.height }}>
        {rows.map((row, index) => (
          <span key={row.y} style={{ top: row.y, height: row.height - 1 }}>
            L{layers - 1 - index}
          </span>
        ))}
      </div>
      <GridFocus
        className="map-grid"
        label="Logit lens: predictions after each layer"
        rows={layers}
        columns={axis.count}
        row={Math.max(0, Math.min(cursor, layers - 1))}
        column={selected}
        words={words}
        onKeyDown={onKeyDown}
        {...keyboard}
      >
        <TrackPlot
          track="lens"
          scene={scene}
          onHover={onHover}
          onChoose={(position, row) => {
            if (row === null) return;
            setCursor(row);
            onChoose(position, row);
          }}
        >
          <ColumnEdges axis={axis} selected={selected} hovered={column} />
          {over && hovered && (
            <CellOutline axis={axis} position={hovered.position} row={over} of="hovered" />
          )}
          {current && (
            <div className="map-cursor">
              <CellOutline axis={axis} position={selected} row={current} of="selected" />
            </div>
          )}
          {missing && (
            <p className="track-message">
              {missing} {run.lensError && <code>{run.lensError.code}</code>}
            </p>
          )}
        </TrackPlot>
      </GridFocus>
    </div>
  );
});
