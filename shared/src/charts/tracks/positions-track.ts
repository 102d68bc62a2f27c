import { addText, BASELINE, texts } from '../../scene/marks/texts.ts';
import type { MeasureIn } from '../../scene/scene.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../token-axis.ts';
import { positionStep } from './position-step.ts';
import type { TrackScene } from './track-scene.ts';

export interface PositionsTrack {
  axis: TokenAxis;
  /** The selected position, which stands out; null for none. */
  selected: number | null;
  accent: string;
  ink: string;
  measure: MeasureIn;
}

const HEIGHT = 15;
const SIZE = 10;

/** The positions of the tokens, as many as there is room for; the selected one always. */
export function positionsTrack(track: PositionsTrack): TrackScene {
  const { axis, selected, measure } = track;
  const { from, to } = visibleColumns(axis);
  const width = measure('regular', SIZE);
  const need = width(String(axis.count)) + 6;
  const step = positionStep(axis.content / axis.count, need);
  const [numbers, strong] = [texts('regular', SIZE), texts('bold', SIZE)];
  for (let t = from; t < to; t++) {
    const column = columnWidth(axis, t);
    if (t !== selected && width(String(t)) + 1 > column) {
      const near = selected !== null && Math.abs(t - selected) * column < need;
      if (near || t % step !== 0) continue;
    }
    // The first and the last may be wider than their columns, and are not to be cut off.
    const half = width(String(t)) / 2;
    const middle = columnX(axis, t) + (column - 1) / 2;
    const at = Math.max(half, Math.min(middle, axis.viewport - half));
    const [mark, ink] = t === selected ? [strong, track.accent] : [numbers, track.ink];
    addText(mark, String(t), at, HEIGHT / 2 + SIZE * BASELINE, ink);
  }
  return { width: axis.viewport, height: HEIGHT, axis, rows: [], marks: [numbers, strong] };
}
