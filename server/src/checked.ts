import { type ErrorCode, LoupeError } from '@loupe/shared';
import type { Static, TSchema } from 'typebox';
import { Pointer, Value } from 'typebox/value';
import { showValue } from './model/show-value.ts';

/** Faults that are told by the name of a field, one too many or too few, rather than by a value. */
const ABOUT_FIELDS: ReadonlySet<string> = new Set(['additionalProperties', 'boolean', 'required']);

/**
 * A parsed JSON value, checked against a schema. A schema's `expected`, as `{ expected: 'true or false' }`,
 * says what may stand there; without it the message has TypeBox's own words.
 *
 * @param what names the value in the message: `some/file.json is not a valid card`
 * @throws LoupeError of the code, naming the first field that is wrong
 */
export function checked<Schema extends TSchema>(
  schema: Schema,
  json: unknown,
  code: ErrorCode,
  what: string,
): Static<Schema> {
  if (Value.Check(schema, json)) return json;
  const [first] = Value.Errors(schema, json);
  const path = first?.instancePath ?? '';
  const wish = wishAt(schema, path);
  if (wish !== undefined && !ABOUT_FIELDS.has(first?.keyword ?? '')) {
    const value = showValue(Pointer.Get(json, wish.path));
    const name = wish.path.slice(1).replaceAll('/', '.') || 'it';
    throw new LoupeError(code, `${what}: ${name} is ${value}, where ${wish.expected} is expected.`);
  }
  // Of a field that a strict schema does not have, TypeBox says that its schema is false.
  const wrong = first?.keyword === 'boolean' ? 'is no known field' : first?.message;
  throw new LoupeError(code, `${what}: ${path || 'it'} ${wrong}.`);
}

/**
 * A record without fields that are null, which many write for whatever is not set.
 *
 * @param levels records in records that are gone through; a hostile file may nest deeper than the stack
 */
export function withoutNulls(json: unknown, levels = 4): unknown {
  if (levels === 0 || !isRecord(json)) return json;
  return Object.fromEntries(
    Object.entries(json)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, withoutNulls(value, levels - 1)]),
  );
}

/** What the innermost schema on the way to a value says that it expects, and where that is. */
function wishAt(schema: unknown, path: string): { path: string; expected: string } | undefined {
  if (!isRecord(schema)) return undefined;
  const [, name, rest = ''] = /^\/([^/]*)(\/.*)?$/.exec(path) ?? [];
  if (name !== undefined && isRecord(schema.properties)) {
    const inner = wishAt(schema.properties[name], rest);
    if (inner) return { ...inner, path: `/${name}${inner.path}` };
  }
  return typeof schema.expected === 'string' ? { path: '', expected: schema.expected } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
