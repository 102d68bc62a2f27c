import { createRequire } from 'node:module';
import { type Face, LoupeError } from '@loupe/shared';
import { FontFace } from './font-face.ts';
import { chosenFontFiles, fontFilesIn, systemFontFolders } from './font-files.ts';

const require = createRequire(import.meta.url);
const PACKAGE = '@expo-google-fonts';

/** The files of the faces that figures are set in, so that they look the same on every machine. */
export const FONT_FILES: Record<Face, string> = {
  regular: require.resolve(`${PACKAGE}/inter/400Regular/Inter_400Regular.ttf`),
  bold: require.resolve(`${PACKAGE}/inter/600SemiBold/Inter_600SemiBold.ttf`),
  mono: require.resolve(`${PACKAGE}/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf`),
};

/** The faces of `FONT_FILES` with their characters, read when they are first asked for. */
let own: Record<Face, FontFace> | undefined;

function ownFaces(): Record<Face, FontFace> {
  own ??= {
    regular: faceIn(FONT_FILES.regular),
    bold: faceIn(FONT_FILES.bold),
    mono: faceIn(FONT_FILES.mono),
  };
  return own;
}

function faceIn(file: string): FontFace {
  const face = FontFace.inFile(file);
  if (!face) throw new Error(`${file} has no outlines`);
  return face;
}

/** A file that has not been looked into. */
interface Waiting {
  file: string;
  isChosen: boolean;
}

/** Fonts that stand in for characters which ours lack: Chinese, Arabic, emoji … */
export class Fonts {
  readonly #chosen: readonly string[];
  readonly #system: readonly string[];
  /** Files that have not been looked into yet, best first. */
  #waiting: Waiting[] | undefined;
  readonly #faces: FontFace[] = [];
  /** By code point: what has been looked for. */
  readonly #found = new Map<number, FontFace | undefined>();

  /**
   * @param chosen files and folders of LOUPE_FONT, which come first
   * @param system folders of the system's fonts
   */
  constructor(chosen: readonly string[] = [], system: readonly string[] = systemFontFolders()) {
    this.#chosen = chosen;
    this.#system = system;
  }

  /**
   * The face that draws a character in a text of this face: that face itself, another of ours, or one
   * that stands in. `undefined` if none has it.
   *
   * @throws LoupeError `LOUPE_BAD_SETTING` if LOUPE_FONT names something that is no font
   */
  faceOf(codePoint: number, face: Face): FontFace | undefined {
    const faces = ownFaces();
    if (faces[face].has(codePoint)) return faces[face];
    const other = Object.values(faces).find((each) => each.has(codePoint));
    return other ?? this.#standIn(codePoint);
  }

  /** Which of our faces a face is; `undefined` if it stands in. */
  ownName(face: FontFace): Face | undefined {
    const names = Object.entries(ownFaces()) as [Face, FontFace][];
    return names.find(([, each]) => each === face)?.[0];
  }

  #standIn(codePoint: number): FontFace | undefined {
    if (this.#found.has(codePoint)) return this.#found.get(codePoint);
    let face = this.#faces.find((each) => each.has(codePoint));
    while (!face && this.#waitingFiles.length > 0) {
      const opened = this.#open(this.#waitingFiles.shift() as Waiting);
      if (opened) this.#faces.push(opened);
      if (opened?.has(codePoint)) face = opened;
    }
    this.#found.set(codePoint, face);
    return face;
  }

  get #waitingFiles(): Waiting[] {
    this.#waiting ??= [
      ...chosenFontFiles(this.#chosen).map((file) => ({ file, isChosen: true })),
      ...fontFilesIn(this.#system).map((file) => ({ file, isChosen: false })),
    ];
    return this.#waiting;
  }

  #open({ file, isChosen }: Waiting): FontFace | undefined {
    try {
      return FontFace.inFile(file);
    } catch (error) {
      // Of the system's fonts some may be of kinds that nothing here reads.
      if (!isChosen) return undefined;
      throw new LoupeError(
        'LOUPE_BAD_SETTING',
        `LOUPE_FONT names ${file}, which is no font: ${String(error)}.`,
      );
    }
  }
}

let found: Fonts | undefined;

/** The fonts of the system, looked through once. */
export function systemFonts(): Fonts {
  found ??= new Fonts();
  return found;
}
