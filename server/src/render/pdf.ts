import {
  type AttributionGraph,
  type CurveItem,
  type ExportOptions,
  FIGURE_COLOURS,
  type FigureItem,
  type FigureModel,
  type FigureTheme,
  figureOf,
  MARK_PATHS,
  STACK_SHIFT,
} from '@loupe/shared';
import PDFDocument from 'pdfkit';
import { drawable, undrawn } from './drawable.ts';
import { FONT_FILES, systemFonts } from './fonts.ts';
import { TextSetter } from './pdf-text.ts';
import type { Rendering } from './rendering.ts';

type Document = InstanceType<typeof PDFDocument>;

/** A graph as a PDF of one page: lines and letters, no pixels, with its fonts in it. */
export async function graphToPdf(
  graph: AttributionGraph,
  options: ExportOptions = {},
  { fonts = systemFonts(), onMissing }: Rendering = {},
): Promise<Buffer> {
  const drawn = drawable(graph, options, fonts);
  const figure = figureOf(drawn.graph, drawn.options);
  onMissing?.(drawn.missing);
  const plain = (text: string) => undrawn(text, drawn.missing);
  const document = new PDFDocument({
    size: [figure.width, figure.height],
    margin: 0,
    // The same graph gives the same file.
    info: {
      Title: plain(figure.title),
      Subject: plain(figure.description),
      Creator: 'Loupe',
      CreationDate: EPOCH,
    },
    lang: 'en',
    displayTitle: true,
  });
  const pieces: Buffer[] = [];
  document.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject));
  for (const [face, file] of Object.entries(FONT_FILES)) document.registerFont(face, file);
  draw(new TextSetter(document, fonts, plain), figure, options.theme ?? 'light');
  document.end();
  await ended;
  return Buffer.concat(pieces);
}

const EPOCH = new Date(0);

function draw(setter: TextSetter, { width, height, items }: FigureModel, theme: FigureTheme): void {
  const { document } = setter;
  document.rect(0, 0, width, height).fill(FIGURE_COLOURS[theme].paper);
  for (const item of items) drawItem(setter, item, theme);
}

function drawItem(setter: TextSetter, item: FigureItem, theme: FigureTheme): void {
  const { document } = setter;
  const colours = FIGURE_COLOURS[theme];
  document.save();
  switch (item.type) {
    case 'line':
      if (item.dashed) document.dash(3, { space: 2 });
      document
        .lineWidth(item.width)
        .moveTo(...item.from)
        .lineTo(...item.to);
      document.stroke(colours[item.ink]);
      break;
    case 'curve':
      drawCurve(document, item, colours[item.ink]);
      break;
    case 'polygon': {
      const [x, y, ...rest] = item.points as [number, number, ...number[]];
      document.moveTo(x, y);
      for (let at = 0; at < rest.length; at += 2) {
        document.lineTo(rest[at] as number, rest[at + 1] as number);
      }
      document.closePath().fillOpacity(item.opacity).fill(colours[item.ink]);
      break;
    }
    case 'mark':
      document.translate(item.x - item.size / 2, item.y - item.size / 2).scale(item.size / 10);
      document.path(MARK_PATHS[item.kind]).fill(colours[item.kind]);
      break;
    case 'box': {
      const { x, y, width, height, lineWidth, radius } = item;
      const shift = STACK_SHIFT * lineWidth;
      document.lineWidth(lineWidth);
      const sheet = (by: number) => document.roundedRect(x + by, y - by, width, height, radius);
      if (item.stacked) sheet(shift).fillAndStroke(colours.paper, colours[item.ink]);
      sheet(0).fill(colours.paper);
      sheet(0).fillOpacity(0.12).fillAndStroke(colours[item.ink], colours[item.ink]);
      break;
    }
    case 'text':
      setter.set(item, colours[item.ink], colours.paper);
  }
  document.restore();
}

function drawCurve(document: Document, item: CurveItem, colour: string): void {
  const [x, y, ...rest] = item.points as [number, number, ...number[]];
  document.lineWidth(item.width).strokeOpacity(item.opacity).moveTo(x, y);
  for (let at = 0; at < rest.length; at += 6) {
    document.bezierCurveTo(...(rest.slice(at, at + 6) as SixNumbers));
  }
  if (item.dashed) document.dash(3, { space: 2 });
  document.stroke(colour);
}

type SixNumbers = [number, number, number, number, number, number];
