import { cellBox, lensRows, type TokenAxis, type TrackRow } from '@loupe/shared';
import { useLayoutEffect, useState } from 'react';
import { ChartTooltip } from '../../charts/chart-tooltip.tsx';
import { TokenLabel } from '../../charts/token-label.tsx';
import type { Run } from '../../stores/prompt/run.ts';
import { LensCell, MapCell, PinnedBar, TokenValues } from './explanations.tsx';
import type { Hover } from './hover.ts';
import { lensLayers } from './lens-layers.ts';
import type { MapLayout } from './map-rows.ts';
import './tracks-tooltip.css';

interface Anchor {
  x: number;
  y: number;
  width: number;
  height: number;
}

function anchorIn(
  box: DOMRect,
  axis: TokenAxis,
  layout: MapLayout,
  run: Run,
  hover: Hover,
): Anchor {
  const rows: Record<string, readonly TrackRow[]> = {
    map: layout.rows,
    lens: lensRows(lensLayers(run)),
  };
  const row = rows[hover.track]?.[hover.row ?? 0] ?? { y: 0, height: box.height };
  const cell = cellBox(axis, row, hover.position);
  return { ...cell, x: box.x + cell.x, y: box.y + cell.y };
}

function sameAnchor(a: Anchor, b: Anchor): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

interface TracksTooltipProps {
  run: Run;
  layout: MapLayout;
  axis: TokenAxis;
  hover: Hover;
  /** Given when it is pinned: it stays until it is closed. */
  onClose?: () => void;
}

/** What the tracks say of the column or cell under the pointer, in exact numbers. */
export function TracksTooltip(props: TracksTooltipProps) {
  const { run, layout, axis, hover, onClose } = props;
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  useLayoutEffect(() => {
    const plot = document.querySelector(`[data-track="${CSS.escape(hover.track)}"]`);
    const next = plot && anchorIn(plot.getBoundingClientRect(), axis, layout, run, hover);
    setAnchor((now) => (now && next && sameAnchor(now, next) ? now : next));
  }, [hover, axis, layout, run]);
  const token = run.tokens[hover.position];
  if (!token || !anchor) return null;
  return (
    <ChartTooltip anchor={anchor} pinned={onClose !== undefined} {...(onClose && { onClose })}>
      <div className="tracks-tooltip">
        <div className="tracks-tooltip-token">
          <span className="chip">
            <TokenLabel token={token} />
          </span>
          <span>position {token.position}</span>
          <span>id {token.id}</span>
        </div>
        {hover.track === 'map' ? (
          <MapCell run={run} source={layout.rows[hover.row ?? 0]?.source} at={hover.position} />
        ) : hover.track === 'lens' ? (
          <LensCell run={run} layer={lensLayers(run) - 1 - (hover.row ?? 0)} at={hover.position} />
        ) : hover.track.startsWith('pin:') ? (
          <PinnedBar run={run} id={hover.track.slice(4)} at={hover.position} />
        ) : (
          <TokenValues run={run} at={hover.position} />
        )}
      </div>
    </ChartTooltip>
  );
}
