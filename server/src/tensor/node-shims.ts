import util from 'node:util';

/**
 * tfjs-node 4.22 calls two functions of `node:util` that Node 23 removed (tensorflow/tfjs#8425 fixed
 * it, in no release yet). Puts them back where they are missing.
 */
export function restoreUtilFunctions(): void {
  const target = util as unknown as Record<string, unknown>;
  target.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}
