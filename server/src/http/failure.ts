import { type ErrorCode, LoupeError } from '@loupe/shared';
import type { FastifyError, FastifySchemaValidationError } from 'fastify';

/** What Fastify and its plugins throw, in terms of the error table. */
const CODES: Readonly<Record<string, [code: ErrorCode, message?: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'LOUPE_BODY_TOO_LARGE',
    'The request body is larger than 1 MB. Shorten the prompt or ask for less at once.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'LOUPE_BAD_REQUEST',
    'Send the body as JSON, with "Content-Type: application/json".',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'LOUPE_BAD_REQUEST',
    'The body is empty. Send a JSON object, as /api/v1/openapi.json describes it.',
  ],
  FST_ERR_BAD_URL: ['LOUPE_BAD_REQUEST', 'The address is not a valid URL: check its % escapes.'],
};

/** Any thrown value as an error of the table, with a message that says what to do. */
export function toFailure(thrown: unknown): LoupeError {
  if (thrown instanceof LoupeError) return thrown;
  if (!(thrown instanceof Error)) return new LoupeError('LOUPE_INTERNAL');
  const { code, statusCode, validation, validationContext } = thrown as FastifyError;
  if (validation?.[0]) return invalidField(validation[0], validationContext ?? 'body');
  const known = code === undefined ? undefined : CODES[code];
  if (known) return new LoupeError(...known);
  if (statusCode === 404 || code === 'FST_STATIC_FORBIDDEN_PATH') {
    return new LoupeError('LOUPE_NOT_FOUND');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new LoupeError('LOUPE_BAD_REQUEST', `The request cannot be read: ${thrown.message}.`);
  }
  return new LoupeError('LOUPE_INTERNAL', thrown.message);
}

function invalidField(
  { instancePath, keyword, params, message = 'is not valid' }: FastifySchemaValidationError,
  part: string,
): LoupeError {
  const path = jsonPath(instancePath);
  if (keyword === 'additionalProperties') {
    const field = `${path}.${String(params.additionalProperty)}`;
    return badField(part, field, 'is not a field of this request');
  }
  if (keyword === 'required') {
    return badField(part, `${path}.${String(params.missingProperty)}`, 'is missing');
  }
  return badField(part, path, message);
}

function badField(part: string, path: string, problem: string): LoupeError {
  const where = part === 'body' ? 'body' : 'address';
  return new LoupeError(
    'LOUPE_BAD_REQUEST',
    `In the ${where}, ${path} ${problem}. /api/v1/openapi.json describes what is expected.`,
    { in: part, path, problem },
  );
}

/** `/tokens/3` as `$.tokens[3]`. */
function jsonPath(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return `$${steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('')}`;
}
