import { LoupeError } from '@loupe/shared';
import fc from 'fast-check';

/** What became of an attempt: `fine`, or the code of the refusal. Any other failure is thrown. */
export function outcome(attempt: () => void): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoupeError) return error.code;
    throw error;
  }
  return 'fine';
}

interface Edit {
  /** Where, as a share of the file's length. */
  at: number;
  remove: number;
  insert: Uint8Array;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  remove: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(64) }),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc
      .constantFrom(...'0 1 9 -1 1e9 1e400 null [] {} " : , { } [ ] \\ \\ud800 é \0'.split(' '))
      .map((text) => new TextEncoder().encode(text)),
  ),
});

function apply(bytes: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  const start = Math.floor(at * bytes.length);
  return Uint8Array.from([
    ...bytes.subarray(0, start),
    ...insert,
    ...bytes.subarray(Math.min(start + remove, bytes.length)),
  ]);
}

/** A file after up to three random edits of its first `within` bytes. */
export function mutated(bytes: Uint8Array, within = bytes.length): fc.Arbitrary<Uint8Array> {
  return fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    const head = edits.reduce(apply, bytes.subarray(0, within));
    return Uint8Array.from([...head, ...bytes.subarray(within)]);
  });
}

/** Values that a hostile JSON file may hold where something sensible is expected. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', [], {}, 0, -1, 0.5, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63)),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A copy of a JSON value in which one part, at any depth, is taken out or replaced. */
export function mutatedJson(json: unknown): fc.Arbitrary<unknown> {
  const paths = [...pathsOf(json)];
  return fc
    .tuple(fc.nat(paths.length - 1), fc.boolean(), hostileValue)
    .map(([which, takeOut, value]) =>
      replaced(json, paths[which] as string[], takeOut ? undefined : value),
    );
}

function* pathsOf(json: unknown, path: string[] = []): Generator<string[]> {
  yield path;
  if (typeof json !== 'object' || json === null) return;
  for (const [key, value] of Object.entries(json)) yield* pathsOf(value, [...path, key]);
}

function replaced(json: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = structuredClone(json) as Record<string, unknown>;
  const next = replaced(copy[key], rest, value);
  if (next === undefined && !Array.isArray(copy)) delete copy[key];
  else copy[key] = next;
  return copy;
}
