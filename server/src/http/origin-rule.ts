import type { IncomingHttpHeaders } from 'node:http';

/**
 * True unless a browser says that a page of another origin makes the request. What is no browser
 * sends neither header.
 *
 * @param headers with a `host` that has been found to be this server's
 */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  // Schemes may differ behind a proxy that speaks TLS.
  return URL.canParse(origin) && new URL(origin).host === headers.host?.toLowerCase();
}
