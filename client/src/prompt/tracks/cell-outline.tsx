import { columnWidth, columnX, type TokenAxis } from '../../charts/token-axis.ts';
import type { PlotRow } from './track-plot.tsx';

interface CellOutlineProps {
  axis: TokenAxis;
  position: number;
  row: PlotRow;
  /** The selected cell, or the one under the pointer. */
  of: 'selected' | 'hovered';
}

/** A frame round one cell of a grid. */
export function CellOutline({ axis, position, row, of }: CellOutlineProps) {
  const width = columnWidth(axis, position);
  if (width === 0) return null;
  return (
    <div
      className="cell-outline"
      data-of={of}
      style={{
        left: columnX(axis, position) - 1,
        top: row.y - 1,
        width: width + 1,
        height: row.height + 1,
      }}
    />
  );
}
