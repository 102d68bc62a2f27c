import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
/** Bytes of a file that come while the hub is held. */
const HELD_BYTES = 64 * 1024;

/** A hub on this machine that speaks Hugging Face's protocol as far as downloads need it. */
export interface StubHub {
  /** `http://127.0.0.1:4173` */
  endpoint: string;
  /** Files that are sent: their first 64 KiB until `release`. */
  hold(): void;
  release(): void;
  /** Answers 404 for what matches, until it is called without. */
  refuse(path?: RegExp): void;
  /** Goes away, as a network does. */
  close(): Promise<void>;
}

/** @param repositories folder of each repository by its name */
export async function startStubHub(repositories: Record<string, string>): Promise<StubHub> {
  let refused: RegExp | undefined;
  let held: Promise<void> = Promise.resolve();
  let release: () => void = () => undefined;

  async function send(body: Buffer, response: ServerResponse): Promise<void> {
    response.write(body.subarray(0, HELD_BYTES));
    await held;
    response.end(body.subarray(HELD_BYTES));
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://hub');
    const [, repository = '', path = ''] =
      /^\/(.+?\/.+?)\/resolve\/.+?\/(.+)$/.exec(pathname) ?? [];
    const file = join(repositories[repository] ?? '/nowhere', decodeURIComponent(path));
    if (refused?.test(pathname) || !existsSync(file)) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    const content = readFileSync(file);
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const body = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: `"${createHash('sha256').update(content).digest('hex')}"`,
      'x-repo-commit': COMMIT,
      'accept-ranges': 'bytes',
      'content-length': body.length,
      ...(from > 0 && {
        'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
      }),
    });
    if (request.method === 'HEAD') response.end();
    else void send(body, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      held = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
    refuse(path) {
      refused = path;
    },
    async close() {
      release();
      server.closeAllConnections();
      server.close();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
