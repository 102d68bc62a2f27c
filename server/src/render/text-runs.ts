import type { Face } from '@loupe/shared';
import bidiFactory from 'bidi-js';
import type { FontFace } from './font-face.ts';
import type { Fonts } from './fonts.ts';

/** A piece of a line that is set in one face and in one direction. */
export interface TextRun {
  /** As it is read, also where it runs from right to left. */
  text: string;
  /** `undefined` for the face that was asked for. */
  face: FontFace | undefined;
  isRightToLeft: boolean;
}

interface Piece extends TextRun {
  level: number;
}

const bidi = bidiFactory();
const clusters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * A line of text in the pieces in which it is drawn, from left to right: by the Unicode bidirectional
 * algorithm (UAX 9) in a line that begins on the left, as in SVG, and by the face that has the characters.
 */
export function textRuns(text: string, face: Face, fonts: Fonts): TextRun[] {
  const { levels } = bidi.getEmbeddingLevels(text, 'ltr');
  const pieces: Piece[] = [];
  for (const { segment, index } of clusters.segment(text)) {
    const level = levels[index] ?? 0;
    const drawnBy = faceOfCluster(segment, face, fonts);
    const last = pieces.at(-1);
    if (last?.level === level && last.face === drawnBy) last.text += segment;
    else pieces.push({ text: segment, face: drawnBy, level, isRightToLeft: false });
  }
  return inOrder(pieces).map(({ text, face, level }) => turned(text, face, level));
}

/** The face of a letter with what is put on it. */
function faceOfCluster(cluster: string, face: Face, fonts: Fonts): FontFace | undefined {
  const found = fonts.faceOf(cluster.codePointAt(0) as number, face);
  return found === undefined || fonts.ownName(found) === face ? undefined : found;
}

/** Reverses every stretch of higher levels, from the highest on (rule L2). */
function inOrder(pieces: Piece[]): Piece[] {
  const ordered = [...pieces];
  const highest = ordered.reduce((most, { level }) => Math.max(most, level), 0);
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < ordered.length; from++) {
      let to = from;
      while (to < ordered.length && (ordered[to] as Piece).level >= level) to++;
      ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return ordered;
}

function turned(text: string, face: FontFace | undefined, level: number): TextRun {
  if (level % 2 === 0) return { text, face, isRightToLeft: false };
  const mirrored = [...text].map((character) => bidi.getMirroredCharacter(character) ?? character);
  // What reads fonts turns letters of these scripts round by itself, signs alone it does not.
  if (RIGHT_TO_LEFT.test(text)) return { text: mirrored.join(''), face, isRightToLeft: true };
  return { text: mirrored.reverse().join(''), face, isRightToLeft: false };
}
