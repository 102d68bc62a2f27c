import { cellBox, type TokenAxis, type TrackRow } from '@loupe/shared';

interface CellOutlineProps {
  axis: TokenAxis;
  position: number;
  row: TrackRow;
  /** The selected cell, or the one under the pointer. */
  of: 'selected' | 'hovered';
}

/** A frame round one cell of a grid. */
export function CellOutline({ axis, position, row, of }: CellOutlineProps) {
  const { x, y, width, height } = cellBox(axis, row, position);
  if (width === 0) return null;
  return (
    <div
      className="cell-outline"
      data-of={of}
      style={{
        left: x - 1,
        top: y - 1,
        width: width + 1,
        height: height + 1,
      }}
    />
  );
}
