import { svgTag, svgText } from '../../text/svg.ts';
import { cssFont, FAMILIES, WEIGHTS } from '../faces.ts';
import type { MarkPainter } from '../painter.ts';
import type { Face } from '../text-widths.ts';

/** Lines of text in one face and size. */
export interface TextsMark {
  type: 'texts';
  face: Face;
  size: number;
  anchor: 'start' | 'middle' | 'end';
  /** True where text runs upwards, a quarter turn against the clock about its place. */
  upwards: boolean;
  texts: string[];
  /** Where each is anchored: x, and y of the baseline. */
  x: number[];
  y: number[];
  fill: string[];
}

/** No texts yet. */
export function texts(
  face: Face,
  size: number,
  anchor: TextsMark['anchor'] = 'middle',
  upwards = false,
): TextsMark {
  return { type: 'texts', face, size, anchor, upwards, texts: [], x: [], y: [], fill: [] };
}

export function addText(mark: TextsMark, text: string, x: number, y: number, fill: string): void {
  mark.texts.push(text);
  mark.x.push(x);
  mark.y.push(y);
  mark.fill.push(fill);
}

/** How far below a middle line the baseline is, in the size of the text, for it to stand about it. */
export const BASELINE = 0.36;

export const TEXTS: MarkPainter<TextsMark> = {
  svg(mark) {
    if (mark.texts.length === 0) return '';
    const lines = mark.texts.map((text, i) => {
      const [x, y] = [mark.x[i] as number, mark.y[i] as number];
      const place = mark.upwards
        ? { transform: `translate(${round(x)} ${round(y)}) rotate(-90)` }
        : { x, y };
      return svgText(text, { ...place, fill: mark.fill[i] });
    });
    return svgTag(
      'g',
      {
        'font-family': FAMILIES[mark.face],
        'font-size': mark.size,
        'font-weight': WEIGHTS[mark.face] === 400 ? undefined : WEIGHTS[mark.face],
        'text-anchor': mark.anchor === 'start' ? undefined : mark.anchor,
      },
      lines.join(''),
    );
  },

  canvas(canvas, mark) {
    canvas.font = cssFont(mark.face, mark.size);
    canvas.textAlign = mark.anchor === 'middle' ? 'center' : mark.anchor;
    canvas.textBaseline = 'alphabetic';
    mark.texts.forEach((text, i) => {
      const [x, y] = [mark.x[i] as number, mark.y[i] as number];
      canvas.fillStyle = mark.fill[i];
      if (!mark.upwards) {
        canvas.fillText(text, x, y);
        return;
      }
      canvas.save();
      canvas.translate(x, y);
      canvas.rotate(-Math.PI / 2);
      canvas.fillText(text, 0, 0);
      canvas.restore();
    });
  },
};

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
