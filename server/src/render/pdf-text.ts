import type { TextItem } from '@loupe/shared';
import type PDFDocument from 'pdfkit';
import type { Fonts } from './fonts.ts';
import { type TextRun, textRuns } from './text-runs.ts';

type Document = InstanceType<typeof PDFDocument>;

/** Widest that a border of a text is, which keeps it legible over lines. */
const HALO = 1.6;

/**
 * Letters together and every sign by itself: JetBrains Mono joins signs of code into one, such as those
 * of `</`, which pdfkit's reader of fonts breaks down on.
 */
const MONO_PIECES = /[\p{L}\p{M}\p{N} ·]+|./gsu;

/** Sets lines of text in a PDF, in several faces and directions where that takes them. */
export class TextSetter {
  readonly document: Document;
  readonly #fonts: Fonts;
  readonly #plain: (text: string) => string;

  /**
   * @param document that has the faces of figures registered under their names
   * @param plain gives the text that a line stands for
   */
  constructor(document: Document, fonts: Fonts, plain: (text: string) => string) {
    this.document = document;
    this.#fonts = fonts;
    this.#plain = plain;
  }

  /** Sets a line: it can be copied and found as the text that it stands for, however it is drawn. */
  set(item: TextItem, fill: string, paper: string): void {
    const { document } = this;
    const { text, x, y, size, face, angle, halo } = item;
    if (angle !== undefined) document.rotate(angle, { origin: [x, y] });
    document.fontSize(size);
    const runs = this.#runs(item);
    const widths = runs.map((run) => {
      this.#useFace(run, face);
      return document.widthOfString(run.text, featuresOf(run));
    });
    const left = x - shift(item.anchor) * widths.reduce((sum, width) => sum + width, 0);
    const write = (options: { stroke?: true; fill?: true }) => {
      let at = left;
      for (const [i, run] of runs.entries()) {
        this.#useFace(run, face);
        const place = { lineBreak: false, baseline: 'alphabetic' } as const;
        document.text(run.text, at, y, { ...options, ...place, ...featuresOf(run) });
        at += widths[i] as number;
      }
    };
    const actual = this.#plain(text);
    const isAsDrawn =
      actual === text && runs.every((run) => run.face === undefined && !run.isRightToLeft);
    if (halo) {
      document.lineWidth(HALO).lineJoin('round').strokeColor(paper).fillColor(paper);
      // What is below the text is no second text.
      document.markContent('Artifact');
      write({ stroke: true, fill: true });
      document.endMarkedContent();
    }
    document.fillColor(fill);
    if (!isAsDrawn) document.markContent('Span', { actual });
    write({});
    if (!isAsDrawn) document.endMarkedContent();
  }

  #runs({ text, face }: TextItem): TextRun[] {
    // What only directs the others has no glyph; characters of tokens that do come as codes.
    const runs = textRuns(text, face, this.#fonts)
      .map((run) => ({ ...run, text: run.text.replace(/\p{Cf}/gu, '') }))
      .filter((run) => run.text !== '');
    if (face !== 'mono') return runs;
    return runs.flatMap((run) => {
      if (run.face !== undefined) return [run];
      return (run.text.match(MONO_PIECES) ?? []).map((piece) => ({ ...run, text: piece }));
    });
  }

  #useFace({ face: standIn }: TextRun, face: TextItem['face']): void {
    if (standIn === undefined) {
      this.document.font(face);
      return;
    }
    const own = this.#fonts.ownName(standIn);
    if (own) this.document.font(own);
    else if (standIn.name === undefined) this.document.font(standIn.file);
    else this.document.font(standIn.file, standIn.name);
  }
}

function shift(anchor: TextItem['anchor']): number {
  return anchor === 'start' ? 0 : anchor === 'middle' ? 0.5 : 1;
}

/**
 * With features, even none, pdfkit lays a run out as a whole; without, word by word from left to right,
 * which is wrong where it runs the other way.
 */
function featuresOf({ isRightToLeft }: TextRun): { features?: [] } {
  return isRightToLeft ? { features: [] } : {};
}
