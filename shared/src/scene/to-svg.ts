import { escapeXml, svgTag, svgText } from '../text/svg.ts';
import type { CurveItem, FigureItem, FigureModel, TextItem } from './figure-model.ts';
import { STACK_SHIFT } from './figure-model.ts';
import { MARK_PATHS } from './mark-kinds.ts';
import { FIGURE_COLOURS, type FigureTheme } from './palette.ts';
import type { Face } from './text-widths.ts';

const SANS = "Inter, 'Inter Variable', Helvetica, Arial, 'Liberation Sans', sans-serif";
const FAMILIES: Record<Face, string> = {
  regular: SANS,
  bold: SANS,
  mono: "'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace",
};

/**
 * A figure as an SVG document that needs nothing else: no style sheet, no script, no font of its own.
 *
 * @param metadata markup for `<metadata>`, if any
 */
export function figureToSvg(model: FigureModel, theme: FigureTheme, metadata = ''): string {
  const { width, height, title, description, items } = model;
  const content = [
    svgTag('title', {}, escapeXml(title)),
    svgTag('desc', {}, escapeXml(description)),
    ...(metadata === '' ? [] : [svgTag('metadata', {}, metadata)]),
    svgTag('rect', { width, height, fill: FIGURE_COLOURS[theme].paper }),
    ...items.map((item) => itemToSvg(item, theme)),
  ];
  const size = (points: number) => `${Math.round(points * 1000) / 1000}`;
  return `${svgTag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: `${size(width)}pt`,
      height: `${size(height)}pt`,
      viewBox: `0 0 ${size(width)} ${size(height)}`,
      role: 'img',
    },
    `\n${content.join('\n')}\n`,
  )}\n`;
}

/** One item as markup. */
export function itemToSvg(item: FigureItem, theme: FigureTheme): string {
  const colours = FIGURE_COLOURS[theme];
  switch (item.type) {
    case 'line': {
      const [x1, y1] = item.from;
      const [x2, y2] = item.to;
      return svgTag('line', {
        ...{ x1, y1, x2, y2 },
        stroke: colours[item.ink],
        'stroke-width': item.width,
        'stroke-dasharray': item.dashed ? '3 2' : undefined,
      });
    }
    case 'curve':
      return curveToSvg(item, colours[item.ink]);
    case 'polygon':
      return svgTag('polygon', {
        points: item.points.map(round).join(' '),
        fill: colours[item.ink],
        'fill-opacity': item.opacity === 1 ? undefined : item.opacity,
      });
    case 'mark': {
      const scale = item.size / 10;
      const [x, y] = [item.x - item.size / 2, item.y - item.size / 2].map(round);
      return svgTag(
        'path',
        {
          d: MARK_PATHS[item.kind],
          transform: `translate(${x} ${y}) scale(${round(scale)})`,
          fill: colours[item.kind],
          'data-node': item.node,
        },
        item.hint === undefined ? '' : svgTag('title', {}, escapeXml(item.hint)),
      );
    }
    case 'box': {
      const { x, y, width, height, lineWidth, radius } = item;
      const outline = { rx: radius, stroke: colours[item.ink], 'stroke-width': lineWidth };
      const sheet = (shift: number, fill: string, opacity?: number) =>
        svgTag('rect', {
          ...{ x: x + shift, y: y - shift, width, height, ...outline, fill },
          'fill-opacity': opacity,
        });
      const behind = item.stacked ? sheet(STACK_SHIFT * lineWidth, colours.paper) : '';
      const hint = item.hint === undefined ? '' : svgTag('title', {}, escapeXml(item.hint));
      return svgTag(
        'g',
        {},
        hint + behind + sheet(0, colours.paper) + sheet(0, colours[item.ink], 0.12),
      );
    }
    case 'text':
      return textToSvg(item, colours[item.ink], colours.paper);
  }
}

function curveToSvg(item: CurveItem, stroke: string): string {
  const [x, y, ...rest] = item.points.map(round);
  return svgTag('path', {
    d: `M${x} ${y}C${rest.join(' ')}`,
    fill: 'none',
    stroke,
    'stroke-width': item.width,
    'stroke-opacity': item.opacity,
    'stroke-dasharray': item.dashed ? '3 2' : undefined,
    'data-edge': item.edge,
  });
}

function textToSvg(item: TextItem, fill: string, paper: string): string {
  const { text, x, y, size, face, anchor, angle, halo } = item;
  return svgText(text, {
    ...{ x, y, fill, 'font-family': FAMILIES[face], 'font-size': size },
    'font-weight': face === 'bold' ? 600 : undefined,
    'text-anchor': anchor === 'start' ? undefined : anchor,
    transform: angle === undefined ? undefined : `rotate(${angle} ${round(x)} ${round(y)})`,
    ...(halo && {
      ...{ stroke: paper, 'stroke-width': 1.6, 'stroke-linejoin': 'round' },
      'paint-order': 'stroke',
    }),
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
