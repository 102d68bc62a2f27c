import type { MouseEvent, ReactNode } from 'react';
import { columnAt, type TokenAxis } from '../../charts/token-axis.ts';
import { TrackCanvas } from '../../charts/track-canvas.tsx';
import type { Hover, OnHover, TrackName } from './hover.ts';

/** One row of a track that is a grid. */
export interface PlotRow {
  y: number;
  height: number;
}

interface TrackPlotProps {
  track: TrackName;
  axis: TokenAxis;
  height: number;
  draw: (context: CanvasRenderingContext2D) => void;
  /** The rows of a grid; a track without has one, as tall as itself. */
  rows?: readonly PlotRow[];
  onHover: OnHover;
  onChoose: (position: number, row: number | null) => void;
  children?: ReactNode;
}

/** The part of a track that stands on the axis: its picture, and the column and row under the pointer. */
export function TrackPlot(props: TrackPlotProps) {
  const { track, axis, height, draw, rows, onHover, onChoose, children } = props;

  function hoverAt(event: MouseEvent<HTMLDivElement>): Hover | null {
    const box = event.currentTarget.getBoundingClientRect();
    const position = columnAt(axis, event.clientX - box.left);
    const y = event.clientY - box.top;
    const row = rows ? rows.findIndex((each) => y >= each.y && y < each.y + each.height) : null;
    if (position === undefined || row === -1) return null;
    return { track, position, row, by: 'pointer' };
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's way is the grid or the tokens
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      className="track-plot"
      data-track={track}
      style={{ width: axis.viewport, height }}
      onPointerMove={(event) => onHover(event.pointerType === 'touch' ? null : hoverAt(event))}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const hover = hoverAt(event);
        if (hover) onChoose(hover.position, hover.row);
      }}
    >
      <TrackCanvas width={axis.viewport} height={height} draw={draw} />
      {children}
    </div>
  );
}
