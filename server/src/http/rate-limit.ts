import rateLimit from '@fastify/rate-limit';
import { LoupeError } from '@loupe/shared';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppContext } from './context.ts';
import { hostName } from './host-rule.ts';
import { isLoopback } from './loopback.ts';

/** Requests a minute of one client, unless a setting says otherwise. */
const PRESET = 1200;

/** What a proxy adds to the requests that it hands on from elsewhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/**
 * Bounds how often one client may make the server work. Must come before the routes. Unless the bound
 * is set, whoever asks from this machine is not bound by it: the queue of the engine is bounded, and a
 * notebook that asks for one prompt after another is what the API is for.
 */
export async function addRateLimit(
  app: FastifyInstance,
  { settings }: Pick<AppContext, 'settings'>,
): Promise<void> {
  const { host, token, rateLimit: bound } = settings;
  const forThisMachine = bound === undefined && token === undefined && isLoopback(host);
  await app.register(rateLimit, {
    max: bound ?? PRESET,
    timeWindow: '1 minute',
    allowList: (request) =>
      (request.method !== 'POST' && request.method !== 'DELETE') ||
      (forThisMachine && isFromThisMachine(request)),
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

/** False for what a proxy on this machine may have handed on from another. */
function isFromThisMachine({ headers, ip }: FastifyRequest): boolean {
  return (
    isLoopback(ip) &&
    isLoopback(hostName(headers.host) ?? '') &&
    FORWARDED.every((name) => headers[name] === undefined)
  );
}
