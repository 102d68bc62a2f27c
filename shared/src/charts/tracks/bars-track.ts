import { addFills, addRect, rects } from '../../scene/marks/rects.ts';
import { addText, texts } from '../../scene/marks/texts.ts';
import type { MeasureIn } from '../../scene/scene.ts';
import { shareOf } from '../inked-ramp.ts';
import { columnWidth, columnX, type TokenAxis, visibleColumns } from '../token-axis.ts';
import type { TrackScene } from './track-scene.ts';

export interface BarsTrack {
  axis: TokenAxis;
  /** [positions] values; null where there is none. */
  values: ArrayLike<number | null>;
  /** The value with the full height; greater ones, of special tokens, are cut there. */
  most: number;
  colour: string;
  /** [positions] 1 where the token is special, whose bars stand outside the scale. */
  special: Uint8Array;
  specialColour: string;
  /** Colour of the line that the bars stand on. */
  line: string;
  /** Colour of the labels. */
  ink: string;
  /** A value as its label. */
  label: (value: number) => string;
  measure: MeasureIn;
}

/** Height of a track of bars: room for a number above the tallest. */
export const BARS_HEIGHT = 46;
const LABEL_SIZE = 10;
/** Columns narrower than this have no labels, rather than only the short ones. */
const LABEL_FROM = 20;
/** Room above the tallest bar for its label. */
const LABEL_ROOM = 13;
/** Bars never get broader than this, so that they stay bars in broad columns. */
const BROADEST = 30;

/** A value of each token as a bar, its number above it where there is room. */
export function barsTrack(track: BarsTrack): TrackScene {
  const { axis, values, most, special, label } = track;
  const { from, to } = visibleColumns(axis);
  const width = track.measure('regular', LABEL_SIZE);
  const floor = BARS_HEIGHT - 1;
  const bars = rects(to - from + 1);
  const labels = texts('regular', LABEL_SIZE);
  addFills(bars, [track.line, track.colour, track.specialColour]);
  addRect(bars, 0, floor, Math.min(axis.viewport, axis.content - axis.scroll), 1, 0);
  for (let t = from; t < to; t++) {
    const value = values[t] ?? 0;
    if (value <= 0) continue;
    const column = columnWidth(axis, t);
    const across = column < 4 ? column : Math.min(BROADEST, Math.floor(column * 0.62));
    const x = columnX(axis, t) + Math.floor((column - across) / 2);
    const tall = Math.max(1, Math.round(shareOf(value, most) * (floor - LABEL_ROOM)));
    addRect(bars, x, floor - tall, across, tall, special[t] ? 2 : 1);
    if (column < LABEL_FROM) continue;
    const text = label(value);
    if (Number(text) === 0 || width(text) > column) continue;
    addText(labels, text, x + across / 2, floor - tall - 3, track.ink);
  }
  return { width: axis.viewport, height: BARS_HEIGHT, axis, rows: [], marks: [bars, labels] };
}
