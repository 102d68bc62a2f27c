import { memo, useCallback } from 'react';
import { face, SANS } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../../charts/token-axis.ts';
import { TrackCanvas } from '../../charts/track-canvas.tsx';
import { positionStep } from './position-step.ts';
import type { TracksPalette } from './tracks-palette.ts';

const HEIGHT = 15;
const NUMBER_FACE = face(10, SANS);
const SELECTED_FACE = face(10, SANS, 600);

/** The positions of the tokens, as many as there is room for; the selected one always. */
export const PositionsTrack = memo(function PositionsTrack(props: {
  axis: TokenAxis;
  selected: number;
  palette: TracksPalette;
}) {
  const { axis, selected, palette } = props;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { from, to } = visibleColumns(axis);
      const width = textWidth(NUMBER_FACE);
      const need = width(String(axis.count)) + 6;
      const step = positionStep(axis.content / axis.count, need);
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      for (let t = from; t < to; t++) {
        const x = columnX(axis, t);
        const column = columnWidth(axis, t);
        if (t !== selected && width(String(t)) + 1 > column) {
          const near = Math.abs(t - selected) * column < need;
          if (near || t % step !== 0) continue;
        }
        context.font = t === selected ? SELECTED_FACE : NUMBER_FACE;
        context.fillStyle = t === selected ? palette.colours.accent : palette.colours.muted;
        // The first and the last may be wider than their columns, and are not to be cut off.
        const half = width(String(t)) / 2;
        const middle = x + (column - 1) / 2;
        const at = Math.max(half, Math.min(middle, axis.viewport - half));
        context.fillText(String(t), at, HEIGHT / 2);
      }
    },
    [axis, selected, palette],
  );
  return <TrackCanvas width={axis.viewport} height={HEIGHT} draw={draw} />;
});
