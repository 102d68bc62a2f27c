import { addFills, addRect, rects } from '../../scene/marks/rects.ts';
import { addText, BASELINE, texts } from '../../scene/marks/texts.ts';
import type { MeasureIn } from '../../scene/scene.ts';
import { fitText } from '../../text/fit-text.ts';
import { promptTokenLabel } from '../../text/token-text.ts';
import type { Token } from '../../wire/activations.ts';
import { type InkedRamp, shareOf, stepOf } from '../inked-ramp.ts';
import {
  columnWidth,
  columnX,
  type TextDirection,
  type TokenAxis,
  visibleColumns,
} from '../token-axis.ts';
import type { TrackScene } from './track-scene.ts';

/** How tokens are coloured. */
export interface TokenColours {
  tokens: readonly Token[];
  /** [positions] values; null where there is none. */
  values: ArrayLike<number | null>;
  /** The value with the full colour. */
  most: number;
  scale: InkedRamp;
  /** Of special tokens, which stand outside the scale: one step. */
  specialScale: InkedRamp;
}

/** Heights of the strip, by how text runs in it. */
export const TOKEN_HEIGHTS: Record<TextDirection, number> = { across: 26, upwards: 74, none: 14 };

/** Sizes of the text of tokens, and of what is left of their columns beside it. */
const SIZES = { across: 12, upwards: 11, none: 0 };
const PADDING = 4;
const INSET = 2;
const RADIUS = 3;

/** The ground and the ink of a token; the ground is undefined where its value is 0 or not known. */
export function tokenColour(
  { tokens, values, most, scale, specialScale }: TokenColours,
  position: number,
): { fill: string | undefined; ink: string } {
  if (tokens[position]?.special) {
    return { fill: specialScale.fill[0] as string, ink: specialScale.ink[0] as string };
  }
  const step = stepOf(scale.fill, shareOf(values[position] ?? 0, most));
  return { fill: step === 0 ? undefined : scale.fill[step], ink: scale.ink[step] as string };
}

/** The tokens of a prompt as chips, coloured by a value of each. */
export function tokensTrack(
  track: TokenColours & { axis: TokenAxis; measure: MeasureIn },
): TrackScene {
  const { axis, tokens, measure } = track;
  const { runs } = axis;
  const { from, to } = visibleColumns(axis);
  const height = TOKEN_HEIGHTS[runs];
  const size = SIZES[runs];
  const tall = height - 2 * INSET;
  const width = measure('mono', size);
  const chips = rects(to - from, runs === 'none' ? 0 : RADIUS);
  const labels = texts('mono', size, runs === 'upwards' ? 'start' : 'middle', runs === 'upwards');
  const fills = new Map<string, number>();
  for (let t = from; t < to; t++) {
    const token = tokens[t];
    if (!token) continue;
    const [x, column] = [columnX(axis, t), columnWidth(axis, t)];
    const across = runs === 'none' ? column : column - 1;
    const { fill, ink } = tokenColour(track, t);
    if (fill !== undefined) {
      const index = fills.get(fill) ?? addFills(chips, [fill]);
      fills.set(fill, index);
      addRect(chips, x, INSET, across, tall, index);
    }
    if (runs === 'none') continue;
    const label = promptTokenLabel(token);
    if (runs === 'upwards') {
      const text = fitText(label, tall - 2 * PADDING, width);
      addText(labels, text, x + across / 2 + size * BASELINE, height - INSET - PADDING, ink);
    } else {
      const text = fitText(label, across - PADDING, width);
      addText(labels, text, x + across / 2, height / 2 + size * BASELINE, ink);
    }
  }
  return { width: axis.viewport, height, axis, rows: [], marks: [chips, labels] };
}
