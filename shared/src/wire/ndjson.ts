import type { ErrorBody } from '../errors.ts';

/**
 * Media type of an answer in lines of JSON. Each is an object with a `type`. The last one says how it
 * ended: it is of the type that the route names, or an `ErrorLine`; a stream without it was cut.
 */
export const NDJSON_TYPE = 'application/x-ndjson';

/** The last line of an answer whose work failed midway. */
export interface ErrorLine {
  type: 'error';
  error: ErrorBody;
}
