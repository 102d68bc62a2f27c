import { readFileSync } from 'node:fs';
import { create, type Font, type FontCollection } from 'fontkit';

/** Tables of outlines that can be put into a PDF. */
const OUTLINES = ['glyf', 'CFF '];
/** Tables of pictures in place of outlines, which neither a PDF nor one colour can show. */
const PICTURES = ['CBDT', 'sbix', 'COLR', 'SVG '];

/** A face of a font file, and which characters it has. */
export class FontFace {
  readonly file: string;
  /** Name of the face in a file that holds several; undefined in one of its own. */
  readonly name: string | undefined;
  /** A bit for each code point. */
  readonly #covered: Uint8Array;

  private constructor(file: string, name: string | undefined, codePoints: readonly number[]) {
    this.file = file;
    this.name = name;
    this.#covered = new Uint8Array((codePoints.reduce((a, b) => Math.max(a, b), 0) >> 3) + 1);
    for (const code of codePoints) {
      this.#covered[code >> 3] = (this.#covered[code >> 3] as number) | (1 << (code & 7));
    }
  }

  /**
   * The face of a font file, or the first of several, which mostly have the same characters; `undefined`
   * if it has no outlines.
   *
   * @throws what is wrong with the file
   */
  static inFile(file: string): FontFace | undefined {
    // The whole of it is read at once and let go again: of it only the characters are kept.
    const opened = create(readFileSync(file)) as Font | FontCollection;
    const isCollection = 'fonts' in opened;
    const font = isCollection ? opened.fonts[0] : opened;
    if (font === undefined || !hasOutlines(font)) return undefined;
    return new FontFace(file, isCollection ? font.postscriptName : undefined, font.characterSet);
  }

  has(codePoint: number): boolean {
    return ((this.#covered[codePoint >> 3] ?? 0) & (1 << (codePoint & 7))) !== 0;
  }
}

function hasOutlines(font: Font): boolean {
  // fontkit's types leave the directory of tables out.
  const { tables } = (font as Font & { directory: { tables: Record<string, unknown> } }).directory;
  if (!OUTLINES.some((table) => table in tables)) return false;
  if (PICTURES.some((table) => table in tables)) return false;
  try {
    // What a PDF will need of it, which fontkit cannot make of every font that it reads.
    font.createSubset();
    return true;
  } catch {
    return false;
  }
}
