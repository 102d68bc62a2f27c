/** The course of a value along the prompt, small: bars, and apart from them the one that is chosen. */
export interface SparklinePaths {
  /** SVG path data of the bars. */
  bars: string;
  /** The same of the bar at the chosen position; empty where its value is 0. */
  chosen: string;
  /** Left edge and width of the chosen position, in the units of the box. */
  chosenX: number;
  chosenWidth: number;
}

/** One value at a position. */
export interface Points {
  positions: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** Bars of a short prompt do not spread over the whole width. */
const BROADEST = 10;
/** Width of the gap between two bars, where there is room for one. */
const GAP = 1;

/**
 * Bars of a series over `count` positions in a box of `width` by `height`. Where positions are more
 * than pixels, each pixel shows the strongest of its positions. `most` has the full height; greater
 * values, as on special tokens, are cut there.
 */
export function sparklinePaths(
  points: Points,
  count: number,
  chosen: number,
  most: number,
  width: number,
  height: number,
): SparklinePaths {
  const step = Math.min(BROADEST, width / Math.max(count, 1));
  const gap = step >= 3 ? GAP : 0;
  const chosenWidth = Math.max(step - gap, 1.5);
  const chosenX = Math.min(chosen * step, width - chosenWidth);
  const tops = new Map<number, number>();
  let mark = 0;
  for (let i = 0; i < points.positions.length; i++) {
    const position = points.positions[i] as number;
    const value = points.values[i] as number;
    if (position === chosen) {
      mark = value;
      continue;
    }
    const x = step >= 1 ? position * step : Math.floor(position * step);
    tops.set(x, Math.max(tops.get(x) ?? 0, value));
  }
  const barWidth = Math.max(step - gap, 1);
  let bars = '';
  for (const [x, value] of tops) bars += bar(x, barWidth, value, most, height);
  return {
    bars,
    chosen: mark > 0 ? bar(chosenX, chosenWidth, mark, most, height) : '',
    chosenX,
    chosenWidth,
  };
}

function bar(x: number, width: number, value: number, most: number, height: number): string {
  const share = most > 0 ? Math.min(1, value / most) : 1;
  // Whatever is active shows at least a line.
  const tall = Math.max(1, share * height);
  return `M${round(x)} ${round(height - tall)}h${round(width)}v${round(tall)}h${round(-width)}z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
