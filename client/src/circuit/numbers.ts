/** A number to three significant digits, never in powers of ten where it can be helped: `-0.0123`, `1,902`. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2);
  return value.toLocaleString('en-US', {
    maximumSignificantDigits: size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 3,
    minimumSignificantDigits: size >= 1000 || size === 0 ? 1 : 3,
  });
}

/** A bound in one digit, rounded up: `2e-6`. */
export function boundText(value: number): string {
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(value));
  const digit = Math.ceil(value / 10 ** power - 1e-9);
  return digit === 10 ? `1e${power + 1}` : `${digit}e${power}`;
}
