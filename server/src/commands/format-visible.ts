/** A token as people can read it on a terminal: quoted, with nothing in it that moves the cursor. */
export function formatVisible(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
