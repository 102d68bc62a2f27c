import { face, SANS } from '../../charts/faces.ts';
import { textWidth } from '../../charts/text-width.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../../charts/token-axis.ts';
import { shareOf } from './map-shade.ts';

export interface BarsPicture {
  axis: TokenAxis;
  /** [positions] values; null where there is none. */
  values: ArrayLike<number | null>;
  /** The value with the full height; greater ones, of special tokens, are cut there. */
  most: number;
  height: number;
  colour: string;
  /** Bars of special tokens, which stand outside the scale. */
  specialColour: string;
  line: string;
  ink: string;
  special: Uint8Array;
  /** A value as its label. */
  text: (value: number) => string;
}

const LABEL_FACE = face(10, SANS);
/** Columns narrower than this have no labels, rather than only the short ones. */
const LABEL_FROM = 20;
/** Room above the tallest bar for its label. */
const LABEL_ROOM = 13;
/** Bars never get broader than this, so that they stay bars in broad columns. */
const BROADEST = 30;

/** Draws the bars on screen, each with its value above it where there is room. */
export function drawBars(context: CanvasRenderingContext2D, picture: BarsPicture): void {
  const { axis, values, most, height, special } = picture;
  const { from, to } = visibleColumns(axis);
  const width = textWidth(LABEL_FACE);
  const floor = height - 1;
  context.fillStyle = picture.line;
  context.fillRect(0, floor, Math.min(axis.viewport, axis.content - axis.scroll), 1);
  context.font = LABEL_FACE;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  for (let t = from; t < to; t++) {
    const value = values[t] ?? 0;
    if (value <= 0) continue;
    const column = columnWidth(axis, t);
    const across = column < 4 ? column : Math.min(BROADEST, Math.floor(column * 0.62));
    const x = columnX(axis, t) + Math.floor((column - across) / 2);
    const tall = Math.max(1, Math.round(shareOf(value, most) * (floor - LABEL_ROOM)));
    context.fillStyle = special[t] ? picture.specialColour : picture.colour;
    context.fillRect(x, floor - tall, across, tall);
    const label = picture.text(value);
    if (column < LABEL_FROM || Number(label) === 0) continue;
    if (width(label) > column) continue;
    context.fillStyle = picture.ink;
    context.fillText(label, x + across / 2, floor - tall - 3);
  }
}
