import { svgTag } from '../../text/svg.ts';
import type { MarkPainter } from '../painter.ts';

/** Filled outlines, such as the mark of a kind: each as path data, moved to its place. */
export interface ShapesMark {
  type: 'shapes';
  /** SVG path data. */
  paths: string[];
  x: number[];
  y: number[];
  fill: string[];
}

/** No shapes yet. */
export function shapes(): ShapesMark {
  return { type: 'shapes', paths: [], x: [], y: [], fill: [] };
}

export function addShape(mark: ShapesMark, path: string, x: number, y: number, fill: string): void {
  mark.paths.push(path);
  mark.x.push(x);
  mark.y.push(y);
  mark.fill.push(fill);
}

export const SHAPES: MarkPainter<ShapesMark> = {
  svg({ paths, x, y, fill }) {
    return paths
      .map((d, i) => {
        const [left, top] = [x[i], y[i]].map((value = 0) => Math.round(value * 100) / 100);
        return svgTag('path', { d, transform: `translate(${left} ${top})`, fill: fill[i] });
      })
      .join('');
  },

  canvas(canvas, { paths, x, y, fill }, makePath) {
    paths.forEach((d, i) => {
      canvas.save();
      canvas.translate(x[i] as number, y[i] as number);
      canvas.fillStyle = fill[i];
      canvas.fill(makePath(d));
      canvas.restore();
    });
  },
};
