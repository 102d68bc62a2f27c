/**
 * A number to three significant digits, with a true minus sign and never in powers of ten where that can
 * be helped: `−0.0123`, `3.90`, `1,902`. Numbers below each other have zeros at their ends; in a sentence
 * they are left out.
 */
export function formatNumber(value: number, where: 'column' | 'sentence' = 'column'): string {
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? value.toExponential(2)
      : value.toLocaleString('en-US', {
          maximumSignificantDigits: size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 3,
          minimumSignificantDigits: size >= 1000 || size === 0 || where === 'sentence' ? 1 : 3,
        });
  return withMinus(text);
}

/** A number's text with true minus signs. */
export function withMinus(text: string): string {
  return text.replaceAll('-', '\u2212');
}
