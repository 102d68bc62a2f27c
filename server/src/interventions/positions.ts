import { LoupeError } from '@loupe/shared';

/**
 * Positions of a prompt of some length; negative ones count from the end, none given means all.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for one outside the prompt
 */
export function resolvePositions(
  positions: readonly number[] | undefined,
  length: number,
): ReadonlySet<number> {
  if (!positions) return new Set(Array.from({ length }, (_, p) => p));
  return new Set(positions.map((position) => resolvePosition(position, length)));
}

/**
 * One position; −1 is the last.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if it is outside the prompt
 */
export function resolvePosition(position: number, length: number): number {
  const resolved = position < 0 ? length + position : position;
  if (resolved >= 0 && resolved < length) return resolved;
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `There is no position ${position} in a prompt of ${length} tokens.`,
  );
}
