import { LoupeError } from '@loupe/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessToken } from './access-token.ts';
import type { AppContext } from './context.ts';
import { hostRule } from './host-rule.ts';
import { isOwnOrigin } from './origin-rule.ts';
import { isApi, pathOf } from './request-path.ts';

/** Turns away, before anything else, requests that are not made to and for this server. */
export function addGuards(app: FastifyInstance, { settings }: Pick<AppContext, 'settings'>): void {
  const { host, allowedHosts, token } = settings;
  const isOwnHost = hostRule(host, allowedHosts);
  app.addHook('onRequest', async ({ headers }) => {
    if (isOwnHost(headers.host)) return;
    throw new LoupeError(
      'LOUPE_FORBIDDEN_HOST',
      `This server does not answer as "${headers.host ?? ''}". ` +
        'Use its own address, or list the name in LOUPE_ALLOWED_HOSTS.',
    );
  });
  app.addHook('onRequest', async (request) => {
    if (isApi(request) && !isOwnOrigin(request.headers)) {
      throw new LoupeError('LOUPE_FORBIDDEN_ORIGIN');
    }
  });
  if (token === undefined) return;
  const access = new AccessToken(token);
  app.addHook('onRequest', (request, reply) => requireToken(access, request, reply));
}

async function requireToken(
  access: AccessToken,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (access.isShownBy(request.headers)) return undefined;
  const { token } = request.query as { token?: unknown };
  if (isApi(request) || typeof token !== 'string' || !access.is(token)) {
    const message = isApi(request)
      ? undefined
      : 'Open this page once with ?token=<the LOUPE_TOKEN of this server> after its address.';
    throw new LoupeError('LOUPE_UNAUTHORIZED', message);
  }
  // The page goes on to the address without the token by itself, since a redirect from another
  // site's link would not carry a strict cookie.
  return reply
    .header('set-cookie', access.setCookie)
    .header('cache-control', 'no-store')
    .header('refresh', `0; url=${withoutQuery(request)}`)
    .type('text/plain; charset=utf-8')
    .send('Opening Loupe…');
}

/**
 * Where a request was made to, relative to that: a proxy may have taken the beginning of its path off.
 * What begins with `./` never leads to another server.
 */
function withoutQuery(request: FastifyRequest): string {
  return `./${pathOf(request).replace(/^.*[/\\]/, '')}`;
}
