import { InvalidArgumentError } from 'commander';

/** Parses an option such as `0,3-5` into `[0, 3, 4, 5]`. */
export function layerList(text: string): number[] {
  const layers = text.split(',').flatMap((part) => {
    const [, from, to = from] = part.trim().match(/^(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?$/) ?? [];
    if (from === undefined || Number(to) < Number(from)) {
      throw new InvalidArgumentError('It must be layers such as 0,3-5.');
    }
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
  });
  return [...new Set(layers)].sort((a, b) => a - b);
}
