import { LoupeError } from '../errors.ts';

/** A JSON object whose fields are not known yet. */
export type Fields = Readonly<{ [key: string]: unknown }>;

const LONGEST_TEXT = 1_000_000;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws LoupeError `LOUPE_BAD_GRAPH` */
export function record(value: unknown, name: string): Fields {
  if (isRecord(value)) return value;
  throw bad(`${name} is not an object`);
}

/** @throws LoupeError `LOUPE_BAD_GRAPH` */
export function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw bad(`${name} is not a list`);
}

/** @throws LoupeError `LOUPE_BAD_GRAPH` */
export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
  throw bad(`${name} is not a text`);
}

/** A finite number, or the preset where there is none. */
export function numberOr(value: unknown, preset: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : preset;
}

/** A failure that says what is wrong with a graph. */
export function bad(what: string): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_GRAPH',
    `This is not an attribution graph that Loupe can read: ${what}.`,
  );
}
