import { LoupeError } from '@loupe/shared';
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { HubConnectionError, HubStatusError, retryAfterMs } from './failures.ts';
import type { ProxySettings } from './settings.ts';

const MAX_REDIRECTS = 10;
/** How long a connection may take to be made, in milliseconds. */
const CONNECT_MS = 10_000;
const USER_AGENT = 'loupe';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** An answer at the end of a chain of redirects. */
export interface HubAnswer {
  status: number;
  /** Address that gave it. */
  url: URL;
  headers: Headers;
  /** Headers of the redirects before it, first to last. */
  redirects: readonly Headers[];
  body: Dispatcher.ResponseData['body'];
}

export interface HubHttpOptions {
  /** Of the hub; only its own host is shown the token. */
  endpoint: string;
  token: string | undefined;
  proxies: ProxySettings;
  /** How long a server may say nothing, in milliseconds. */
  silenceMs: number;
}

/**
 * Plain HTTP to a hub and to where it redirects, through the proxy that the environment names.
 *
 * `@huggingface/hub` is not used: its download into the cache neither resumes nor checks size and
 * hash, and takes the hub's block store by default, which mirrors and proxies do not speak.
 */
export class HubHttp {
  readonly #options: HubHttpOptions;
  readonly #dispatcher: Dispatcher;

  /** @throws LoupeError `LOUPE_BAD_SETTING` for a proxy that is none */
  constructor(options: HubHttpOptions) {
    this.#options = options;
    const { proxies, silenceMs } = options;
    requireAddress(proxies.http);
    requireAddress(proxies.https);
    this.#dispatcher = new EnvHttpProxyAgent({
      // Empty rather than undefined: the variables have been read already, and not by the agent.
      httpProxy: proxies.http ?? '',
      httpsProxy: proxies.https ?? '',
      noProxy: proxies.none,
      // Many proxies open tunnels to port 443 alone.
      proxyTunnel: false,
      connect: { timeout: Math.min(silenceMs, CONNECT_MS) },
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
  }

  /**
   * Requests an address and follows redirects. The token goes to the hub's own host alone, and from
   * HTTPS it never goes on to plain HTTP.
   *
   * @param isEnough of the headers of a redirect: that it need not be followed
   * @throws HubConnectionError if there is no answer
   * @throws HubStatusError for an answer that is neither 2xx nor enough
   */
  async request(
    method: 'GET' | 'HEAD',
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
    isEnough: (headers: Headers) => boolean = () => false,
  ): Promise<HubAnswer> {
    const redirects: Headers[] = [];
    for (let current = url; ; ) {
      const answer = await this.#once(method, current, headers, signal);
      const { statusCode: status, headers: received, body } = answer;
      const location = first(received.location);
      if (status < 300 || (status < 400 && isEnough(received))) {
        return { status, url: current, headers: received, redirects, body };
      }
      if (status >= 300 && status < 400 && status !== 304 && location !== undefined) {
        await body.dump().catch(() => undefined);
        redirects.push(received);
        if (redirects.length > MAX_REDIRECTS) {
          throw new HubConnectionError(`${url.host} redirects in circles`);
        }
        current = next(current, location);
        continue;
      }
      await body.dump().catch(() => undefined);
      throw new HubStatusError(current, status, {
        reason: first(received['x-error-code']),
        retryAfterMs: retryAfterMs(first(received['retry-after'])),
      });
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #once(
    method: 'GET' | 'HEAD',
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { endpoint, token } = this.#options;
    const trusted = token !== undefined && url.origin === new URL(endpoint).origin;
    try {
      return await request(url, {
        method,
        dispatcher: this.#dispatcher,
        signal,
        headers: {
          'user-agent': USER_AGENT,
          // What is hashed and resumed is the file, not a packed form of it.
          'accept-encoding': 'identity',
          ...headers,
          ...(trusted && { authorization: `Bearer ${token}` }),
        },
      });
    } catch (thrown) {
      signal.throwIfAborted();
      throw connectionError(url, thrown);
    }
  }
}

/** Lets go of an answer that is not read to its end. */
export function discard(body: HubAnswer['body']): void {
  // It tells of its end as of an error, which nobody waits for.
  body.on('error', () => undefined);
  body.destroy();
}

/** A failure of the network, with the system's code for it, which tells people most. */
export function connectionError(url: URL, thrown: unknown): HubConnectionError {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const reason = [message || 'no connection', code && !message.includes(code) ? `(${code})` : '']
    .filter(Boolean)
    .join(' ');
  return new HubConnectionError(`${url.host}: ${reason}`, { cause: thrown });
}

/** A header's value; of several the first. */
export function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function requireAddress(proxy: string | undefined): void {
  if (proxy === undefined || URL.canParse(proxy)) return;
  // It may hold a password, so it is not repeated.
  throw new LoupeError(
    'LOUPE_BAD_SETTING',
    'HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is not an address, as http://proxy.example:3128.',
  );
}

function next(current: URL, location: string): URL {
  if (!URL.canParse(location, current.href)) {
    throw new HubConnectionError(`${current.host} redirects to what is no address`);
  }
  const url = new URL(location, current);
  if (url.protocol !== 'https:' && (current.protocol === 'https:' || url.protocol !== 'http:')) {
    throw new HubConnectionError(`${current.host} redirects to an address without HTTPS`);
  }
  return url;
}
