/** Header of an exported file that lists the characters which no font of the server has. */
export const MISSING_GLYPHS_HEADER = 'loupe-missing-glyphs';

/** Characters that are listed or named; a text may have thousands. */
const MAX_LISTED = 100;
const MAX_NAMED = 5;

/** Characters by their code points, as a header can hold them: `U+65E5 U+672C`. */
export function codePoints(characters: readonly string[]): string {
  return characters
    .slice(0, MAX_LISTED)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    })
    .join(' ');
}

/** The characters of `codePoints`; what is none is left out. */
export function fromCodePoints(text: string): string[] {
  return [...text.matchAll(/U\+([0-9A-F]{4,6})/g)].flatMap(([, code = '']) => {
    const value = Number.parseInt(code, 16);
    return value <= 0x10ffff ? [String.fromCodePoint(value)] : [];
  });
}

/** What there is to be said of characters that no font has; empty if there are none. */
export function missingGlyphsNotice(characters: readonly string[]): string {
  const [first] = characters;
  if (first === undefined) return '';
  const more = characters.length > MAX_NAMED ? ' …' : '';
  const named = characters.slice(0, MAX_NAMED).join(' ');
  const code = codePoints([first]).toLowerCase();
  return (
    `No font here has ${named}${more}, written as ⟨${code}⟩ in the picture. Install one that has, ` +
    'such as Noto Sans CJK, or name its file in LOUPE_FONT; or export SVG, which the fonts of whoever ' +
    'opens it draw.'
  );
}
