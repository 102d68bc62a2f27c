import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json';

/**
 * True if an `Accept` header puts JSON before the given type; with no header, or one that likes
 * neither, the given type is the default.
 */
export function prefersJson(accept: string | undefined, type: string): boolean {
  return preferred(accept, [type, JSON_TYPE]) === JSON_TYPE;
}

/** True if an `Accept` header puts the given type before JSON, which is the default. */
export function prefersOverJson(accept: string | undefined, type: string): boolean {
  return preferred(accept, [JSON_TYPE, type]) === type;
}

/** Which of the types a header likes best; the first of those that it likes equally well. */
function preferred(accept: string | undefined, types: string[]): string | undefined {
  const negotiator = new Negotiator({ headers: accept === undefined ? {} : { accept } });
  return negotiator.mediaType(types);
}
