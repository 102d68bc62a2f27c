import { svgTag } from '../../text/svg.ts';
import type { MarkPainter } from '../painter.ts';

/** Filled rectangles: cells, bars, chips, rules. */
export interface RectsMark {
  type: 'rects';
  count: number;
  /** [count] upper left corner and size. */
  x: Float32Array;
  y: Float32Array;
  width: Float32Array;
  height: Float32Array;
  /** [count] indices into `fills`. */
  fill: Uint16Array;
  fills: string[];
  /** Radius of the corners of them all. */
  radius: number;
}

/** No rectangles yet, with room for `capacity`. */
export function rects(capacity: number, radius = 0): RectsMark {
  return {
    type: 'rects',
    count: 0,
    x: new Float32Array(capacity),
    y: new Float32Array(capacity),
    width: new Float32Array(capacity),
    height: new Float32Array(capacity),
    fill: new Uint16Array(capacity),
    fills: [],
    radius,
  };
}

/** Adds a rectangle; `fill` is the index of its colour in `fills`. */
export function addRect(
  mark: RectsMark,
  x: number,
  y: number,
  width: number,
  height: number,
  fill: number,
): void {
  const at = mark.count++;
  mark.x[at] = x;
  mark.y[at] = y;
  mark.width[at] = width;
  mark.height[at] = height;
  mark.fill[at] = fill;
}

/** The index of the first of some colours in `fills`, where they are put one after the other. */
export function addFills(mark: RectsMark, colours: readonly string[]): number {
  const first = mark.fills.length;
  mark.fills.push(...colours);
  return first;
}

export const RECTS: MarkPainter<RectsMark> = {
  svg({ count, x, y, width, height, fill, fills, radius }) {
    let content = '';
    for (let i = 0; i < count; i++) {
      content += svgTag('rect', {
        x: x[i],
        y: y[i],
        width: width[i],
        height: height[i],
        rx: radius === 0 ? undefined : radius,
        fill: fills[fill[i] as number],
      });
    }
    return content;
  },

  canvas(canvas, { count, x, y, width, height, fill, fills, radius }) {
    for (let i = 0; i < count; i++) {
      canvas.fillStyle = fills[fill[i] as number];
      const [left, top] = [x[i] as number, y[i] as number];
      const [across, down] = [width[i] as number, height[i] as number];
      if (radius === 0) {
        canvas.fillRect(left, top, across, down);
        continue;
      }
      canvas.beginPath();
      canvas.roundRect(left, top, across, down, radius);
      canvas.fill();
    }
  },
};
