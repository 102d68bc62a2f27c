import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** A certificate of 127.0.0.1 that it has signed itself. */
interface Certificate {
  cert: Buffer;
  key: Buffer;
  /** Where the certificate lies. */
  path: string;
}

/** Serves on a free local port until the file's tests are over. */
export function localServer(answer: RequestListener): Promise<URL> {
  return listen(createServer(answer), 'http');
}

/** The same over HTTPS. */
export function localTlsServer({ cert, key }: Certificate, answer: RequestListener): Promise<URL> {
  return listen(createTlsServer({ cert, key }, answer), 'https');
}

/** A proxy that opens tunnels, and notes to where and with which login. */
export async function localProxy(): Promise<{ url: URL; tunnels: string[] }> {
  const tunnels: string[] = [];
  const server = createServer();
  server.on('connect', (asked, socket) => {
    tunnels.push(`${asked.url} ${asked.headers['proxy-authorization'] ?? ''}`);
    const { hostname, port } = new URL(`http://${asked.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  return { url: await listen(server, 'http'), tunnels };
}

/** Makes a certificate; undefined where there is no openssl. */
export async function selfSigned(): Promise<Certificate | undefined> {
  const folder = temporaryFolder();
  const path = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    const args = ['req', ...kind, ...name, '-keyout', key, '-out', path];
    await promisify(execFile)('openssl', args);
  } catch {
    return undefined;
  }
  return { cert: readFileSync(path), key: readFileSync(key), path };
}

async function listen(server: Server, scheme: string): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}
