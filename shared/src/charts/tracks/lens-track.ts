import { addFills, addRect, rects } from '../../scene/marks/rects.ts';
import { addShape, shapes } from '../../scene/marks/shapes.ts';
import { addText, BASELINE, texts } from '../../scene/marks/texts.ts';
import type { MeasureIn } from '../../scene/scene.ts';
import { fitText } from '../../text/fit-text.ts';
import { tokenLabel } from '../../text/token-text.ts';
import { type InkedRamp, stepOf } from '../inked-ramp.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../token-axis.ts';
import { cellWidth, type TrackRow, type TrackScene } from './track-scene.ts';

/** The most probable next token after a layer. */
export interface LensTop {
  text: string;
  probability: number;
  /** True where it is the token that follows in the prompt. */
  cameTrue: boolean;
}

export interface LensTrack {
  axis: TokenAxis;
  /** Number of layers. */
  layers: number;
  /** What is predicted after a layer at a position; undefined where that is not known yet. */
  top: (layer: number, position: number) => LensTop | undefined;
  /** By probability. */
  scale: InkedRamp;
  /** Colour of cells that have not arrived. */
  waiting: string;
  measure: MeasureIn;
}

const ROW = 22;
const ROW_OF_MANY = 18;
const MANY_LAYERS = 14;

/** The rows of a lens of so many layers, last layer on top. */
export function lensRows(layers: number): TrackRow[] {
  const height = layers > MANY_LAYERS ? ROW_OF_MANY : ROW;
  return Array.from({ length: layers }, (_, row) => ({ y: row * height, height }));
}

/** Text is set in the first size, or where it does not fit in the second. */
const SIZE = 10.5;
const SMALL_SIZE = 9;
const PADDING = 1.5;
/** Columns narrower than this show no text, as a letter and an ellipsis say nothing. */
const TEXT_FROM = 24;
/** Side of the corner that marks a prediction that came true, and columns that have room for it. */
const CORNER = 5;
const CORNER_FROM = 8;

/** The logit lens as a grid: tokens across, layers down, last layer on top. */
export function lensTrack(track: LensTrack): TrackScene {
  const { axis, layers, scale, measure } = track;
  const rows = lensRows(layers);
  const { from, to } = visibleColumns(axis);
  const [width, smallWidth] = [measure('mono', SIZE), measure('mono', SMALL_SIZE)];
  const cells = rects(layers * (to - from));
  const [labels, smallLabels] = [texts('mono', SIZE), texts('mono', SMALL_SIZE)];
  const corners = shapes();
  const waiting = addFills(cells, [track.waiting]);
  const first = addFills(cells, scale.fill);
  rows.forEach(({ y, height }, row) => {
    const tall = height - 1;
    for (let t = from; t < to; t++) {
      const column = columnWidth(axis, t);
      const across = cellWidth(column);
      const x = columnX(axis, t);
      const top = track.top(layers - 1 - row, t);
      if (!top) {
        addRect(cells, x, y, across, tall, waiting);
        continue;
      }
      const step = stepOf(scale.fill, top.probability);
      const ink = scale.ink[step] as string;
      addRect(cells, x, y, across, tall, first + step);
      if (top.cameTrue && column >= CORNER_FROM) {
        addShape(corners, `M0 0v${CORNER}l${-CORNER} ${-CORNER}z`, x + across, y, ink);
      }
      if (column < TEXT_FROM) continue;
      const label = tokenLabel(top.text);
      const room = across - 2 * PADDING;
      const fits = width(label) <= room;
      const [size, mark] = fits ? [SIZE, labels] : [SMALL_SIZE, smallLabels];
      const text = fits ? label : fitText(label, room, smallWidth);
      if (text !== '') addText(mark, text, x + across / 2, y + tall / 2 + size * BASELINE, ink);
    }
  });
  return {
    width: axis.viewport,
    height: rows.reduce((sum, { height }) => sum + height, 0),
    axis,
    rows,
    marks: [cells, corners, labels, smallLabels],
  };
}
