import { bisectRight } from 'd3-array';

/** How the text of tokens runs in their columns; `none` where columns are too narrow for any. */
export type TextDirection = 'across' | 'upwards' | 'none';

/**
 * One horizontal axis of tokens that several tracks stand on. Positions are columns; `edges` are
 * their borders in CSS pixels from the start of the prompt, of which `viewport` pixels from `scroll`
 * on are on screen.
 */
export interface TokenAxis {
  /** Number of tokens. */
  count: number;
  /** [count + 1] left border of each column, then the right border of the last. */
  edges: Float64Array;
  /** Width of all columns together. */
  content: number;
  /** Width of what is on screen. */
  viewport: number;
  /** Pixels of the prompt to the left of the screen, 0 to `content − viewport`. */
  scroll: number;
  runs: TextDirection;
}

/** Even columns in which text still fits when it runs upwards. */
const MIN_UPWARDS = 11;

/** Columns never get narrower than this while each token is to be read. */
export const MIN_READABLE = 24;
/** Columns never get wider than this for the sake of filling the width. */
export const MAX_FILL = 72;
/** A longer token is cut with an ellipsis, unless the whole prompt fits without. */
export const MAX_READABLE = 132;
/** Long tokens are cut to no less than this to make the whole prompt fit. */
export const MIN_CUT = 76;
/** Even columns are no wider than this, where the readable ones begin. */
export const MAX_EVEN = 28;

/**
 * Column widths in which every token can be read: as even as the room allows. Each column is as wide
 * as its token needs (`needs`, in pixels) and no narrower than a common level, which is as high as
 * fits into `viewport`, from MIN_READABLE to MAX_FILL.
 */
export function readableWidths(needs: readonly number[], viewport: number): number[] {
  const least = needs.map((need) => Math.ceil(Math.max(need, MIN_READABLE)));
  const most = longestWidth(least, viewport);
  const wanted = least.map((width) => Math.min(width, most));
  const sorted = [...wanted].sort((a, b) => b - a);
  let room = viewport;
  let level = MIN_READABLE;
  for (let wider = 0; wider < sorted.length; wider++) {
    // With the `wider` widest tokens at their own width, the rest share what is left.
    const share = Math.floor(room / (sorted.length - wider));
    const next = sorted[wider] as number;
    if (share >= next) {
      level = share;
      break;
    }
    room -= next;
  }
  const floor = Math.max(MIN_READABLE, Math.min(level, MAX_FILL));
  return wanted.map((width) => Math.max(width, floor));
}

/** How wide a column may get for its token: without bound where all fit, else as bounded as that takes. */
function longestWidth(least: readonly number[], viewport: number): number {
  const fits = (most: number) =>
    least.reduce((sum, width) => sum + Math.min(width, most), 0) <= viewport;
  if (fits(Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  if (!fits(MIN_CUT)) return MAX_READABLE;
  let most = MIN_CUT;
  while (fits(most + 1)) most++;
  return most;
}

/**
 * Column widths with which the whole prompt is on screen: the readable ones where those fit, else
 * exactly `viewport` together. Long tokens are cut first; where even cut ones do not fit, columns are
 * even, to the pixel while there is one for each.
 */
export function fitWidths(needs: readonly number[], viewport: number): number[] {
  const readable = readableWidths(needs, viewport);
  if (total(readable) <= viewport) return readable;
  const count = needs.length;
  if (canBeReadIn(count, viewport)) return cutWidths(needs, viewport);
  const share = viewport / count;
  const edge = (at: number) => (share < 1 ? at * share : Math.round(at * share));
  return needs.map((_, position) => edge(position + 1) - edge(position));
}

/** True when so many tokens can stand side by side in `viewport` pixels, be they cut. */
export function canBeReadIn(count: number, viewport: number): boolean {
  return count * MIN_READABLE <= viewport;
}

/** Widths that are exactly `viewport` together: the longest tokens are cut to one common width. */
function cutWidths(needs: readonly number[], viewport: number): number[] {
  const wanted = needs.map((need) => Math.ceil(Math.max(need, MIN_READABLE)));
  const cutTo = (most: number) => wanted.map((width) => Math.min(width, most));
  let most = MIN_READABLE;
  while (total(cutTo(most + 1)) <= viewport) most++;
  const widths = cutTo(most);
  // What is left over is less than a pixel for each of those that are cut.
  let left = viewport - total(widths);
  return widths.map((width, position) =>
    left > 0 && (wanted[position] as number) > width && left-- > 0 ? width + 1 : width,
  );
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

/**
 * An axis of columns with these widths; `scroll` is brought into its range. `readable` says that they
 * are as wide as their tokens need, be they cut, so that text runs across.
 */
export function tokenAxis(
  widths: readonly number[],
  viewport: number,
  scroll: number,
  readable = true,
): TokenAxis {
  const edges = new Float64Array(widths.length + 1);
  widths.forEach((width, position) => {
    edges[position + 1] = (edges[position] as number) + width;
  });
  const content = edges[widths.length] as number;
  const upwards = content / widths.length >= MIN_UPWARDS;
  const runs = readable ? 'across' : upwards ? 'upwards' : 'none';
  return scrolled({ count: widths.length, edges, content, viewport, scroll: 0, runs }, scroll);
}

/** Wider pictures than this, in pixels, are more than browsers draw and papers print. */
const MAX_PICTURE = 12_000;
/** Even columns of a prompt too long for readable ones. */
const NARROW = 14;

/**
 * The axis of a picture of the whole prompt: its columns are those on screen, all of them in view.
 * Where that is wider than MAX_PICTURE, they are even and as narrow as text that runs upwards lets
 * them be, or as fits.
 */
export function wholeAxis(axis: TokenAxis): TokenAxis {
  if (axis.content <= MAX_PICTURE) return { ...axis, viewport: axis.content, scroll: 0 };
  const width = Math.min(NARROW, MAX_PICTURE / axis.count);
  const widths = new Array<number>(axis.count).fill(width);
  return tokenAxis(widths, width * axis.count, 0, false);
}

/** The same axis at another offset, brought into its range and onto whole pixels. */
export function scrolled(axis: TokenAxis, scroll: number): TokenAxis {
  const most = Math.max(0, axis.content - axis.viewport);
  return { ...axis, scroll: Math.round(Math.max(0, Math.min(scroll, most))) };
}

/** Left border of a column on screen. */
export function columnX(axis: TokenAxis, position: number): number {
  return (axis.edges[position] ?? axis.content) - axis.scroll;
}

/** Width of a column; 0 outside the prompt. */
export function columnWidth(axis: TokenAxis, position: number): number {
  const from = axis.edges[position];
  const to = axis.edges[position + 1];
  return from === undefined || to === undefined ? 0 : to - from;
}

/** Position of the column at `x` on screen; undefined where there is none. */
export function columnAt(axis: TokenAxis, x: number): number | undefined {
  const at = x + axis.scroll;
  if (at < 0 || at >= axis.content || x < 0 || x >= axis.viewport) return undefined;
  return bisectRight(axis.edges, at) - 1;
}

/** The columns on screen, partly visible ones included: `from` up to, not including, `to`. */
export function visibleColumns(axis: TokenAxis): { from: number; to: number } {
  if (axis.count === 0) return { from: 0, to: 0 };
  const from = bisectRight(axis.edges, axis.scroll) - 1;
  const to = bisectRight(axis.edges, axis.scroll + axis.viewport - 1e-6);
  return { from: Math.max(0, from), to: Math.min(to, axis.count) };
}

/** The offset nearest to the present one at which a column is on screen, with a little round it. */
export function scrollToShow(axis: TokenAxis, position: number): number {
  const left = axis.edges[position];
  const right = axis.edges[position + 1];
  if (left === undefined || right === undefined) return axis.scroll;
  const margin = Math.min(48, (axis.viewport - (right - left)) / 2);
  if (left - margin < axis.scroll) return left - margin;
  if (right + margin > axis.scroll + axis.viewport) return right + margin - axis.viewport;
  return axis.scroll;
}

/** Where on the axis `x` pixels into the prompt is, in tokens: 2.5 is the middle of the third column. */
export function tokensAt(axis: TokenAxis, x: number): number {
  if (axis.count === 0) return 0;
  const within = Math.max(0, Math.min(x, axis.content));
  const position = Math.min(bisectRight(axis.edges, within) - 1, axis.count - 1);
  const width = columnWidth(axis, position);
  return position + (width === 0 ? 0 : (within - (axis.edges[position] as number)) / width);
}

/** How far into the prompt so many tokens reach, in pixels; the inverse of `tokensAt`. */
export function pixelsAt(axis: TokenAxis, tokens: number): number {
  const within = Math.max(0, Math.min(tokens, axis.count));
  const position = Math.min(Math.floor(within), axis.count - 1);
  if (position < 0) return 0;
  return (axis.edges[position] as number) + (within - position) * columnWidth(axis, position);
}
