import { InvalidArgumentError } from 'commander';

/** Makes a parser of an option that is a number from `min` to `max`, and whole if `whole` is set. */
export function numberOption({
  min,
  max = Number.POSITIVE_INFINITY,
  whole,
}: {
  min: number;
  max?: number;
  whole: boolean;
}) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (
      value >= min &&
      value <= max &&
      Number.isFinite(value) &&
      (!whole || Number.isInteger(value))
    )
      return value;
    throw new InvalidArgumentError(
      `It must be a ${whole ? 'whole ' : ''}number from ${min} ${max < Number.POSITIVE_INFINITY ? `to ${max}` : 'up'}.`,
    );
  };
}
