import Negotiator from 'negotiator';

/**
 * True if an `Accept` header puts JSON before the given type; with no header, or one that likes
 * neither, the given type is the default.
 */
export function prefersJson(accept: string | undefined, type: string): boolean {
  const negotiator = new Negotiator({ headers: accept === undefined ? {} : { accept } });
  return negotiator.mediaType([type, 'application/json']) === 'application/json';
}
