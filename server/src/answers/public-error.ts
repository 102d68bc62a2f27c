import { ERRORS, type ErrorBody, LoupeError } from '@loupe/shared';

/** What a client may see of an error: of an unexpected one no more than where to look for it. */
export function publicError(error: LoupeError, requestId?: string): ErrorBody {
  if (error.code !== 'LOUPE_INTERNAL') return error.toBody();
  const message = ERRORS.LOUPE_INTERNAL[1];
  return new LoupeError('LOUPE_INTERNAL', message, requestId && { request: requestId }).toBody();
}
