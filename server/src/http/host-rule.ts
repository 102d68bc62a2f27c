import { isIP } from 'node:net';
import { isLoopback } from './loopback.ts';

/**
 * Makes the test of a request's `Host`. A web page elsewhere can point a name of its own at this
 * machine (DNS rebinding), but it cannot change the name that its browser then sends.
 *
 * @param host address that the server listens at
 * @param allowedHosts further names, in lower case, without port
 */
export function hostRule(
  host: string,
  allowedHosts: readonly string[],
): (header: string | undefined) => boolean {
  const own = new Set([host.toLowerCase(), ...allowedHosts]);
  const everywhere = isUnspecified(host);
  return (header) => {
    const name = hostName(header);
    if (name === undefined) return false;
    // An address in the URL cannot have been rebound; which of this machine's it is does not matter.
    return isLoopback(name) || own.has(name) || (everywhere && isIP(name) !== 0);
  };
}

/** Host of a `Host` header without port and brackets, in lower case; undefined if it is malformed. */
export function hostName(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
