import negotiate from '@fastify/accept-negotiator';

/**
 * True if an `Accept` header puts JSON before the given type; with no header, or one that likes
 * neither, the given type is the default.
 */
export function prefersJson(accept: string | undefined, type: string): boolean {
  return negotiate.negotiate(accept ?? '*/*', [type, 'application/json']) === 'application/json';
}
