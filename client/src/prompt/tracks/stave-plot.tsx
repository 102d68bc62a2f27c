import type { MouseEvent, ReactNode } from 'react';
import { StaveCanvas } from '../../charts/stave-canvas.tsx';
import { columnAt, type TokenAxis } from '../../charts/token-axis.ts';
import type { Hover, OnHover, StaveName } from './hover.ts';

/** One row of a stave that is a grid. */
export interface PlotRow {
  y: number;
  height: number;
}

interface StavePlotProps {
  stave: StaveName;
  axis: TokenAxis;
  height: number;
  draw: (context: CanvasRenderingContext2D) => void;
  /** The rows of a grid; a stave without has one, as tall as itself. */
  rows?: readonly PlotRow[];
  onHover: OnHover;
  onChoose: (position: number, row: number | null) => void;
  children?: ReactNode;
}

/** The part of a stave that stands on the axis: its picture, and the column and row under the pointer. */
export function StavePlot(props: StavePlotProps) {
  const { stave, axis, height, draw, rows, onHover, onChoose, children } = props;

  function hoverAt(event: MouseEvent<HTMLDivElement>): Hover | null {
    const box = event.currentTarget.getBoundingClientRect();
    const position = columnAt(axis, event.clientX - box.left);
    const y = event.clientY - box.top;
    const row = rows ? rows.findIndex((each) => y >= each.y && y < each.y + each.height) : null;
    if (position === undefined || row === -1) return null;
    return { stave, position, row, by: 'pointer' };
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's way is the grid or the tokens
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      className="stave-plot"
      data-stave={stave}
      style={{ width: axis.viewport, height }}
      onPointerMove={(event) => onHover(event.pointerType === 'touch' ? null : hoverAt(event))}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const hover = hoverAt(event);
        if (hover) onChoose(hover.position, hover.row);
      }}
    >
      <StaveCanvas width={axis.viewport} height={height} draw={draw} />
      {children}
    </div>
  );
}
