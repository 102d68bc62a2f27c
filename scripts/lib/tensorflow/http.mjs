import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { EnvHttpProxyAgent, interceptors, request as send } from 'undici';

/** How long a server may say nothing. */
const SILENCE_MS = 60_000;
const MAX_REDIRECTS = 10;
/** How often a request is made before it is given up. */
const ATTEMPTS = 5;
const MAX_PAUSE_MS = 30_000;
/** What may pass: statuses, and the network's troubles by their codes. */
const PASSING_STATUSES = [429, 500, 502, 503, 504];
const PASSING_CODES = [
  ...['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN'],
  ...['ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_BODY_TIMEOUT'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET'],
];

/** A server's answer that is not what was asked for. */
export class HttpStatusError extends Error {
  /**
   * @param {URL} url
   * @param {number} status
   */
  constructor(url, status) {
    super(`${url.host} answers ${status} for ${url.pathname}`);
    this.status = status;
  }
}

/**
 * An answer at the end of a chain of redirects.
 *
 * @typedef {object} Answer
 * @property {URL} url the address that gave it
 * @property {number} status 2xx
 * @property {Record<string, string>} headers
 * @property {import('undici').Dispatcher.ResponseData['body']} body
 */

/**
 * Requests an address and follows redirects, through the proxy that the environment names. What may
 * pass is tried again, and a body that breaks off is gone on with where it broke. A name and password
 * in the address are sent to its own host alone. An answer that came from HTTPS by way of plain HTTP is
 * refused.
 *
 * @param {URL} url
 * @param {Record<string, string>} [headers]
 * @param {number} [pauseMs] before the second attempt; it doubles
 * @returns {Promise<Answer>}
 * @throws HttpStatusError if the server does not have it
 * @throws Error if there is no answer
 */
export async function request(url, headers = {}, pauseMs = 1000) {
  const agent = openAgent(process.env);
  const dispatcher = agent.compose(
    interceptors.retry({
      maxRetries: ATTEMPTS - 1,
      minTimeout: pauseMs,
      maxTimeout: MAX_PAUSE_MS,
      statusCodes: PASSING_STATUSES,
      errorCodes: PASSING_CODES,
      throwOnError: false,
    }),
    interceptors.redirect({ maxRedirections: MAX_REDIRECTS }),
  );
  try {
    const answer = await send(url, {
      dispatcher,
      // What is hashed and gone on with is the file, not a packed form of it.
      headers: { 'user-agent': 'loupe', 'accept-encoding': 'identity', ...headers, ...login(url) },
    }).catch((thrown) => {
      throw connectionError(url, thrown);
    });
    const { statusCode: status, body } = answer;
    const refusal =
      leftHttps(answer.context) ?? (status < 300 ? undefined : new HttpStatusError(url, status));
    if (refusal !== undefined) {
      await body.dump();
      throw refusal;
    }
    const last = stepsOf(answer.context).at(-1) ?? url;
    return { url: last, status, headers: singleValues(answer.headers), body };
  } finally {
    // What is under way is read to its end first.
    void agent.close();
  }
}

/**
 * What went wrong on the way, with the host and, where it says more, the system's code.
 *
 * @param {URL} url
 * @param {unknown} thrown
 */
export function connectionError(url, thrown) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (thrown);
  const reason = [message, code && !message.includes(code) ? `(${code})` : ''];
  return new Error(`${url.host}: ${reason.filter(Boolean).join(' ')}`, { cause: thrown });
}

/**
 * Fetches a text.
 *
 * @param {URL} url
 * @param {string} accept
 * @param {number} limit bytes it may have at most
 * @returns {Promise<{ body: string, contentType: string, url: URL }>}
 * @throws HttpStatusError if the server does not have it
 */
export async function fetchText(url, accept, limit) {
  const answer = await request(url, { accept });
  const chunks = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > limit) throw new Error(`${url.host} sends more than ${limit} bytes`);
    chunks.push(chunk);
  }
  const contentType = answer.headers['content-type'] ?? '';
  return { body: Buffer.concat(chunks).toString('utf8'), contentType, url: answer.url };
}

/**
 * Connections, through the proxies that the environment names.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function openAgent(env) {
  const ca = authorities(env);
  return new EnvHttpProxyAgent({
    // Empty rather than undefined: the variables have been read already, and not by the agent.
    httpProxy: proxyNamed(env, 'HTTP_PROXY') ?? '',
    httpsProxy: proxyNamed(env, 'HTTPS_PROXY') ?? '',
    noProxy: variable(env, 'NO_PROXY') ?? '',
    // Many proxies open tunnels to port 443 alone.
    proxyTunnel: false,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    ...(ca && { connect: { ca }, requestTls: { ca }, proxyTls: { ca } }),
  });
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function proxyNamed(env, name) {
  const text = variable(env, name) ?? variable(env, 'ALL_PROXY');
  return text === undefined || text.includes('://') ? text : `http://${text}`;
}

/**
 * Proxies are named in capitals or not.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function variable(env, name) {
  return env[name.toLowerCase()] || env[name] || undefined;
}

/**
 * @param {URL} url
 * @returns {Record<string, string>}
 */
function login(url) {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/**
 * Certificates to trust beside the usual ones: those that pip was told of.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function authorities(env) {
  if (!env.PIP_CERT) return undefined;
  try {
    return [...tls.rootCertificates, readFileSync(env.PIP_CERT, 'utf8')];
  } catch {
    return undefined;
  }
}

/**
 * The addresses asked, first to last.
 *
 * @param {unknown} context of an answer; undici's redirects put them there
 */
function stepsOf(context) {
  return /** @type {{ history?: URL[] } | null} */ (context)?.history ?? [];
}

/**
 * @param {unknown} context
 * @returns {Error | undefined} if a redirect led from HTTPS to plain HTTP
 */
function leftHttps(context) {
  const steps = stepsOf(context);
  const secure = steps.filter(({ protocol }) => protocol === 'https:');
  const plain = steps.findLastIndex(({ protocol }) => protocol !== 'https:');
  if (secure[0] === undefined || plain < steps.indexOf(secure[0])) return undefined;
  return new Error(`${secure[0].host} redirects to an address without HTTPS`);
}

/**
 * @param {import('undici').Dispatcher.ResponseData['headers']} headers
 * @returns {Record<string, string>} of several values the first
 */
function singleValues(headers) {
  /** @type {Record<string, string>} */
  const single = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) single[name] = text;
  }
  return single;
}
