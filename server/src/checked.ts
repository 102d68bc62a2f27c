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
  const where = first ? `${first.instancePath || 'it'} ${first.message}` : 'it is not an object';
  throw new LoupeError(code, `${what}: ${where}.`);
}
