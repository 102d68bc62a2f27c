import type { FastifyRequest } from 'fastify';

/** Path of a request without its query, which may hold a token. */
export function pathOf({ url }: Pick<FastifyRequest, 'url'>): string {
  return url.split('?', 1)[0] as string;
}

/** True for requests to the API, existing or not; the others are for the page. */
export function isApi(request: Pick<FastifyRequest, 'url'>): boolean {
  return /^\/api(?:\/|$)/i.test(pathOf(request));
}
