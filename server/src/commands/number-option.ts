import { InvalidArgumentError } from 'commander';

/** Makes a parser of an option that is a number of at least `min`, and whole if `whole` is set. */
export function numberOption({ min, whole }: { min: number; whole: boolean }) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number from ${min} up.`);
  };
}
