import { isIPv6 } from 'node:net';
import { LoupeError } from '@loupe/shared';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../settings.ts';

/** What to do when an address cannot be listened at, by the system's error code. */
const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'is in use. Stop the program that uses it, or choose another with LOUPE_PORT or --port.',
  EACCES: 'needs rights that this user lacks. Choose one above 1023 with LOUPE_PORT or --port.',
  EADDRNOTAVAIL: 'is not an address of this machine. Correct LOUPE_HOST or --host.',
  ENOTFOUND: 'is not a name that this machine knows. Correct LOUPE_HOST or --host.',
};

/**
 * Listens where the settings say; gives the port.
 *
 * @throws LoupeError `LOUPE_BAD_SETTING` if that address cannot be had
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<Settings, 'host' | 'port'>,
): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    const advice = ADVICE[(thrown as NodeJS.ErrnoException).code ?? ''];
    if (!advice) throw thrown;
    throw new LoupeError('LOUPE_BAD_SETTING', `Port ${port} at ${host} ${advice}`);
  }
  const address = app.server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** Where a browser on this machine finds the page. */
export function pageAddress(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
