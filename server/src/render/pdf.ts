import {
  type AttributionGraph,
  type CurveItem,
  type ExportOptions,
  type Face,
  FIGURE_COLOURS,
  type FigureItem,
  type FigureModel,
  type FigureTheme,
  figureOf,
  MARK_PATHS,
  STACK_SHIFT,
  type TextItem,
} from '@loupe/shared';
import PDFDocument from 'pdfkit';
import { FONT_FILES } from './fonts.ts';

type Document = InstanceType<typeof PDFDocument>;

/** A graph as a PDF of one page: lines and letters, no pixels, with its fonts in it. */
export async function graphToPdf(
  graph: AttributionGraph,
  options: ExportOptions = {},
): Promise<Buffer> {
  const figure = figureOf(graph, options);
  const document = new PDFDocument({
    size: [figure.width, figure.height],
    margin: 0,
    // The same graph gives the same file.
    info: {
      Title: figure.title,
      Subject: figure.description,
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
  draw(document, figure, options.theme ?? 'light');
  document.end();
  await ended;
  return Buffer.concat(pieces);
}

const EPOCH = new Date(0);

function draw(document: Document, { width, height, items }: FigureModel, theme: FigureTheme): void {
  document.rect(0, 0, width, height).fill(FIGURE_COLOURS[theme].paper);
  for (const item of items) drawItem(document, item, theme);
}

function drawItem(document: Document, item: FigureItem, theme: FigureTheme): void {
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
      drawText(document, item, colours[item.ink], colours.paper);
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

function drawText(document: Document, item: TextItem, fill: string, paper: string): void {
  const { text, x, y, size, face, anchor, angle, halo } = item;
  document.font(face satisfies Face).fontSize(size);
  if (angle !== undefined) document.rotate(angle, { origin: [x, y] });
  const runs = face === 'mono' ? (text.match(RUNS) ?? []) : [text];
  const widths = runs.map((run) => document.widthOfString(run));
  const width = widths.reduce((sum, value) => sum + value, 0);
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width;
  const write = (options: { stroke?: true; fill?: true }) => {
    let at = left;
    for (const [run, part] of runs.entries()) {
      document.text(part, at, y, { ...options, lineBreak: false, baseline: 'alphabetic' });
      at += widths[run] as number;
    }
  };
  if (halo) {
    document.lineWidth(1.6).lineJoin('round').strokeColor(paper).fillColor(paper);
    write({ stroke: true, fill: true });
  }
  document.fillColor(fill);
  write({});
}

/**
 * Letters together and every sign by itself: JetBrains Mono joins signs of code into one, such as those
 * of `</`, which pdfkit's reader of fonts breaks down on.
 */
const RUNS = /[\p{L}\p{M}\p{N} ·]+|./gsu;
