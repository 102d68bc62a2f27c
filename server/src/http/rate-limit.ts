import rateLimit from '@fastify/rate-limit';
import { LoupeError } from '@loupe/shared';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.ts';

/** Bounds how often one client may make the server work. Must come before the routes. */
export async function addRateLimit(
  app: FastifyInstance,
  { settings }: Pick<AppContext, 'settings'>,
): Promise<void> {
  await app.register(rateLimit, {
    max: settings.rateLimit,
    timeWindow: '1 minute',
    allowList: ({ method }) => method !== 'POST' && method !== 'DELETE',
    errorResponseBuilder: (_request, { max, ttl }) => {
      const seconds = Math.ceil(ttl / 1000);
      return new LoupeError(
        'LOUPE_RATE_LIMITED',
        `More than ${max} requests in a minute. Wait ${seconds} s, or raise LOUPE_RATE_LIMIT.`,
        { retryAfterSeconds: seconds },
      );
    },
  });
}
