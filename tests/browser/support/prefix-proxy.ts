import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PrefixProxy {
  /** Where the server's root is to be found, without a slash at the end. */
  address: string;
  close(): Promise<void>;
}

/**
 * A proxy that serves a server under a path, as JupyterHub's `…/proxy/<port>/` does: it takes the path
 * off and hands on, adds the slash that the path must end with, and knows nothing else.
 *
 * @param port of the server
 * @param path with a slash at both ends
 */
export async function startPrefixProxy(port: number, path: string): Promise<PrefixProxy> {
  const proxy = createServer((asked, reply) => {
    const { url = '', method, headers } = asked;
    if (`${url}/` === path) {
      reply.writeHead(302, { location: path }).end();
      return;
    }
    if (!url.startsWith(path)) {
      reply.writeHead(404).end('This is the hub, and not Loupe.');
      return;
    }
    const handed = { host: '127.0.0.1', port, path: `/${url.slice(path.length)}`, method, headers };
    const onward = request(handed, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
      reply.on('close', () => answer.destroy());
    });
    onward.on('error', () => reply.destroy());
    asked.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: own } = proxy.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${own}${path.slice(0, -1)}`,
    close: () => closed(proxy),
  };
}

async function closed(server: Server): Promise<void> {
  const end = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await end;
}
