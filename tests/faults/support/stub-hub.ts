import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What a server does wrong with one request. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  /** Breaks the connection after some bytes of the answer's body. */
  | { kind: 'drop'; after: number }
  /** Ends in good order after some bytes, saying that there are no more. */
  | { kind: 'short'; bytes: number }
  /** Ends in good order after some bytes, with no length said. */
  | { kind: 'short-chunked'; bytes: number }
  /** Sends more than the file has, with no length said. */
  | { kind: 'long' }
  /** Changes one byte. */
  | { kind: 'corrupt'; at: number }
  /** Sends all of the file, whatever range is asked for. */
  | { kind: 'no-range' }
  /** Sends a range one byte later than asked for. */
  | { kind: 'wrong-range' }
  /** Says nothing more after some bytes. */
  | { kind: 'stall'; after: number }
  /** Sends a few bytes at a time. */
  | { kind: 'trickle'; bytes: number; everyMs: number }
  /** Packs what it sends, although not asked to. */
  | { kind: 'gzip' };

/** A request as a test sees it. */
export interface Asked {
  method: string;
  /** `hub`, or `store` for where the hub redirects to. */
  at: 'hub' | 'store';
  /** Path of the file in its repository. */
  path: string;
  headers: IncomingMessage['headers'];
  /** How often this file was asked for with this method before. */
  before: number;
}

interface StubFile {
  path: string;
  content: Buffer;
  /** Kept apart, as large files are, so that the hub redirects to a signed address. */
  lfs: boolean;
}

/**
 * A hub on this machine: HEAD and GET of `<repository>/resolve/<revision>/<path>`, large files by a
 * redirect to a signed address on another server, as the public one has it. It does wrong what a test
 * tells it to.
 */
export class StubHub {
  readonly asked: Asked[] = [];
  /** What to do wrong with a request. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  /** How long the hub says that a large file is, if not as long as it is. */
  announce: (path: string) => number | undefined = () => undefined;
  /** If set, whoever does not show it is refused. */
  token: string | undefined;
  readonly #repositories = new Map<string, Map<string, StubFile>>();
  readonly #hub: Server;
  readonly #store: Server;

  private constructor() {
    this.#hub = createServer((request, response) => this.#answerHub(request, response));
    this.#store = createServer((request, response) => this.#answerStore(request, response));
  }

  static async start(): Promise<StubHub> {
    const stub = new StubHub();
    for (const server of [stub.#hub, stub.#store]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return stub;
  }

  /** To be HF_ENDPOINT. */
  get endpoint(): string {
    return address(this.#hub);
  }

  /** Commit of every repository. */
  get commit(): string {
    return 'c0ffee'.repeat(7).slice(0, 40);
  }

  /** Puts a file into a repository, which it makes. */
  add(repository: string, path: string, content: Buffer, lfs = content.length > 1000): void {
    const files = this.#repositories.get(repository) ?? new Map<string, StubFile>();
    this.#repositories.set(repository, files.set(path, { path, content, lfs }));
  }

  /** Requests of a kind, for counting. */
  requests(method: string, at: Asked['at'] = 'store'): Asked[] {
    return this.asked.filter((asked) => asked.method === method && asked.at === at);
  }

  async close(): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #answerHub(request: IncomingMessage, response: ServerResponse): void {
    const found = this.#find(request);
    const [, repository = '', revision, path = ''] =
      decodeURIComponent(pathOf(request)).match(/^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/) ?? [];
    const fault = this.#record(request, 'hub', found?.path ?? path);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401, { 'x-error-code': 'GatedRepo' }).end();
      return;
    }
    if (!found || (revision !== 'main' && revision !== this.commit)) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    response.setHeader('x-repo-commit', this.commit);
    if (found.lfs) {
      const file = encodeURIComponent(`${repository}/${found.path}`);
      response.writeHead(302, {
        'x-linked-size': this.announce(found.path) ?? found.content.length,
        'x-linked-etag': `"${contentHash(found)}"`,
        location: `${address(this.#store)}/${file}?signature=secret`,
      });
      response.end();
      return;
    }
    response.setHeader('etag', `"${contentHash(found)}"`);
    void send(request, response, found.content, fault);
  }

  #answerStore(request: IncomingMessage, response: ServerResponse): void {
    const key = decodeURIComponent(pathOf(request).slice(1));
    const [, repository = '', path = ''] = key.match(/^([^/]+\/[^/]+)\/(.+)$/) ?? [];
    const found = this.#repositories.get(repository)?.get(path);
    const fault = this.#record(request, 'store', path);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    // A signature is good for one method.
    if (!found || !request.url?.endsWith('?signature=secret') || request.method !== 'GET') {
      response.writeHead(403).end();
      return;
    }
    // Another name than the hub's, as that of a store of objects is.
    response.setHeader('etag', `"${contentHash(found).slice(0, 32)}"`);
    void send(request, response, found.content, fault);
  }

  #record(request: IncomingMessage, at: Asked['at'], path: string): Fault | undefined {
    const { method = '', headers } = request;
    const same = this.asked.filter(
      (asked) => asked.method === method && asked.at === at && asked.path === path,
    );
    const asked = { method, at, path, headers, before: same.length };
    this.asked.push(asked);
    return this.fault(asked);
  }

  #find(request: IncomingMessage): StubFile | undefined {
    const [, repository = '', path = ''] =
      decodeURIComponent(pathOf(request)).match(/^\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/) ?? [];
    return this.#repositories.get(repository)?.get(path);
  }
}

/** The hash by which the hub names a content. */
export function contentHash({ content, lfs }: Pick<StubFile, 'content' | 'lfs'>): string {
  if (lfs) return createHash('sha256').update(content).digest('hex');
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  fault: Fault | undefined,
): Promise<void> {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  const refused = fault?.kind === 'no-range' || fault?.kind === 'gzip';
  const unchanged = condition === undefined || condition === response.getHeader('etag');
  let from = 0;
  let status = 200;
  if (range && !refused && unchanged) {
    from = Number(range[1]) + (fault?.kind === 'wrong-range' ? 1 : 0);
    if (from >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    status = 206;
    response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
  }
  const body = damaged(content, fault).subarray(from);
  if (request.method === 'HEAD') {
    response.writeHead(200, { 'content-length': body.length }).end();
    return;
  }
  await sendBody(response, status, body, fault);
}

async function sendBody(
  response: ServerResponse,
  status: number,
  body: Buffer,
  fault: Fault | undefined,
): Promise<void> {
  const whole = { 'content-length': body.length };
  switch (fault?.kind) {
    case 'drop':
      response.writeHead(status, whole);
      response.write(body.subarray(0, fault.after), () => response.destroy());
      return;
    case 'short':
      response.writeHead(status, { 'content-length': Math.min(fault.bytes, body.length) });
      response.end(body.subarray(0, fault.bytes));
      return;
    case 'short-chunked':
      response.writeHead(status).end(body.subarray(0, fault.bytes));
      return;
    case 'long':
      response.writeHead(status).end(Buffer.concat([body, Buffer.from('and more')]));
      return;
    case 'stall':
      response.writeHead(status, whole).write(body.subarray(0, fault.after));
      return;
    case 'trickle':
      response.writeHead(status, whole);
      for (let at = 0; at < body.length && !response.destroyed; at += fault.bytes) {
        response.write(body.subarray(at, at + fault.bytes));
        await sleep(fault.everyMs);
      }
      response.end();
      return;
    case 'gzip': {
      const packed = gzipSync(body);
      response.writeHead(status, { 'content-encoding': 'gzip', 'content-length': packed.length });
      response.end(packed);
      return;
    }
    default:
      response.writeHead(status, whole).end(body);
  }
}

function damaged(content: Buffer, fault: Fault | undefined): Buffer {
  if (fault?.kind !== 'corrupt') return content;
  const copy = Buffer.from(content);
  copy.writeUInt8(copy.readUInt8(fault.at) ^ 1, fault.at);
  return copy;
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pathOf(request: IncomingMessage): string {
  return request.url?.replace(/\?.*/, '') ?? '';
}
