import { LoupeError } from '@loupe/shared';
import type { Static, TSchema } from 'typebox';
// Not compiled into functions, which the page's policy forbids: a check walks the schema.
import { Value } from 'typebox/value';

/**
 * An answer of the server, checked against its wire schema.
 *
 * @param what was asked, for the message: `GET /health`
 * @throws LoupeError `LOUPE_BAD_ANSWER` that names the first field which is otherwise
 */
export function checkAnswer<Schema extends TSchema>(
  schema: Schema,
  json: unknown,
  what: string,
): Static<Schema> {
  if (Value.Check(schema, json)) return json;
  const [first] = Value.Errors(schema, json);
  const where = first?.instancePath.slice(1).replaceAll('/', '.') || 'it';
  throw new LoupeError(
    'LOUPE_BAD_ANSWER',
    `The answer to ${what} is not as this page expects it: ${where} ${first?.message ?? 'is otherwise'}. ` +
      'Page and server may be of different versions: load the page anew.',
  );
}
