import type { ErrorCode } from '@loupe/shared';

/** Failures that stay the same however often they are tried. */
const LASTING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LOUPE_BAD_REQUEST',
  'LOUPE_PROMPT_TOO_LONG',
  'LOUPE_TOKEN_OUT_OF_RANGE',
  'LOUPE_NOT_TOKENS',
  'LOUPE_FORBIDDEN_HOST',
  'LOUPE_FORBIDDEN_ORIGIN',
  'LOUPE_MODEL_NOT_FOUND',
  'LOUPE_SOURCE_NOT_INSTALLED',
  'LOUPE_BODY_TOO_LARGE',
  'LOUPE_BAD_ANSWER',
]);

/** True where trying again can help. */
export function canBeRetried(code: ErrorCode | undefined): boolean {
  return code === undefined || !LASTING.has(code);
}
