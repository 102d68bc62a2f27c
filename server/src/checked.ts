import { type ErrorCode, LoupeError } from '@loupe/shared';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/**
 * A parsed JSON value, checked against a schema.
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
  // Of a field that a strict schema does not have, TypeBox says that its schema is false.
  const wrong = first?.keyword === 'boolean' ? 'is no known field' : first?.message;
  throw new LoupeError(code, `${what}: ${first?.instancePath || 'it'} ${wrong}.`);
}
