import { type ErrorBody, isErrorBody, LoupeError } from '@loupe/shared';
import type { Static, TSchema } from 'typebox';
import { checkAnswer } from './check-answer.ts';

/** Address of the API, relative to the page: both may be served under a path. */
export const API = 'api/v1';

interface RequestOptions {
  /** Default: POST where there is a body, else GET. */
  method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON, or a file as it is. */
  body?: unknown;
  accept?: string;
  signal?: AbortSignal | undefined;
}

async function errorOf(response: Response): Promise<LoupeError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isErrorBody(body)) return LoupeError.fromBody(body);
  return new LoupeError(
    'LOUPE_INTERNAL',
    `The server answered ${response.status} without saying why. Its log has the details.`,
  );
}

/** What is told of an answer of which the rest is missing. */
const BROKEN_OFF = { brokenOff: true } as const;

/** The error of an answer that ended before its end: the server was there, and may be still. */
export function brokenOff(): LoupeError {
  return new LoupeError(
    'LOUPE_SERVER_UNREACHABLE',
    'The answer broke off before its end. Try again.',
    BROKEN_OFF,
  );
}

export function isBrokenOff({ detail }: Pick<ErrorBody, 'detail'>): boolean {
  return typeof detail === 'object' && detail !== null && 'brokenOff' in detail;
}

/**
 * Asks the API of the server that served the page.
 *
 * @throws LoupeError the server's own, `LOUPE_SERVER_UNREACHABLE` where it does not answer, and
 * `LOUPE_CANCELLED` where `signal` ended the request.
 */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { body, accept = 'application/json', signal } = options;
  const { method = body === undefined ? 'GET' : 'POST' } = options;
  const headers = new Headers({ accept });
  const isFile = body instanceof Blob;
  const type = isFile ? 'application/octet-stream' : 'application/json';
  if (body !== undefined) headers.set('content-type', type);
  let response: Response;
  try {
    response = await fetch(API + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      signal: signal ?? null,
    });
  } catch {
    throw new LoupeError(signal?.aborted ? 'LOUPE_CANCELLED' : 'LOUPE_SERVER_UNREACHABLE');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** The JSON answer of `request`, whatever it holds: for those who check it themselves. */
export async function requestUnchecked(path: string, options?: RequestOptions): Promise<unknown> {
  const response = await request(path, options);
  try {
    return await response.json();
  } catch {
    throw options?.signal?.aborted ? new LoupeError('LOUPE_CANCELLED') : brokenOff();
  }
}

/**
 * The JSON answer of `request`, checked against its wire schema.
 *
 * @throws LoupeError as `request`, and `LOUPE_BAD_ANSWER`
 */
export async function requestJson<Schema extends TSchema>(
  schema: Schema,
  path: string,
  options?: RequestOptions,
): Promise<Static<Schema>> {
  const json = await requestUnchecked(path, options);
  return checkAnswer(schema, json, path.replace(/\?.*/, ''));
}
