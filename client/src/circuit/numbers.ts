/** A bound in one digit, rounded up: `2e-6`. */
export function boundText(value: number): string {
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(value));
  const digit = Math.ceil(value / 10 ** power - 1e-9);
  return digit === 10 ? `1e${power + 1}` : `${digit}e${power}`;
}
