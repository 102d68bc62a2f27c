/** An integer as a number, where that holds it exactly. */
export function shortInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
