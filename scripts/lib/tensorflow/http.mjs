import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { proxyFor } from './proxy.mjs';

/** How long a server may say nothing. */
const SILENCE_MS = 60_000;
const MAX_REDIRECTS = 10;

/** A server's answer that no later attempt will change. */
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
 * Requests an address and follows redirects, through the proxy that the environment names. A name and
 * password in the address are sent to its own host alone. From HTTPS it never goes on to plain HTTP.
 *
 * @param {URL} url
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{ response: http.IncomingMessage, url: URL }>}
 */
export async function request(url, headers = {}) {
  let current = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await requestOnce(current, headers);
    const { location } = response.headers;
    const status = response.statusCode ?? 0;
    if (status < 300 || status >= 400 || status === 304 || location === undefined) {
      return { response, url: current };
    }
    response.resume();
    const next = new URL(location, current);
    if (current.protocol === 'https:' && next.protocol !== 'https:') {
      throw new Error(`${current.host} redirects to an address without HTTPS`);
    }
    if (next.host === current.host) {
      next.username = current.username;
      next.password = current.password;
    }
    current = next;
  }
  throw new Error(`${url.host} redirects in circles`);
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
  const { response } = answer;
  if (response.statusCode !== 200) {
    response.destroy();
    throw new HttpStatusError(url, response.statusCode ?? 0);
  }
  const chunks = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > limit) throw new Error(`${url.host} sends more than ${limit} bytes`);
    chunks.push(chunk);
  }
  const contentType = response.headers['content-type'] ?? '';
  return { body: Buffer.concat(chunks).toString('utf8'), contentType, url: answer.url };
}

/**
 * @param {URL} url
 * @param {Record<string, string>} headers
 * @returns {Promise<http.IncomingMessage>}
 */
async function requestOnce(url, headers) {
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:')
    throw new Error(`${url.protocol} addresses are not read`);
  const proxy = proxyFor(url);
  /** @type {https.RequestOptions} */
  const options = {
    headers: { 'user-agent': 'loupe', 'accept-encoding': 'identity', ...headers, ...login(url) },
    timeout: SILENCE_MS,
    agent: false,
  };
  if (secure && proxy) {
    const socket = await openTunnel(proxy, url);
    options.createConnection = () =>
      tls.connect({ socket, servername: url.hostname, ca: authorities() });
  } else if (secure) {
    options.ca = authorities();
  } else if (proxy) {
    const plain = new URL(url);
    plain.username = plain.password = '';
    Object.assign(options, { hostname: proxy.hostname, port: proxy.port || 80, path: plain.href });
    Object.assign(options.headers ?? {}, login(proxy, 'proxy-authorization'));
  }
  return new Promise((resolve, reject) => {
    const sent = secure ? https.get(url, options, resolve) : http.get(url, options, resolve);
    sent.on('timeout', () => sent.destroy(new Error(`${url.host} does not answer`)));
    sent.on('error', reject);
  });
}

/**
 * A connection to a host through a proxy.
 *
 * @param {URL} proxy
 * @param {URL} url
 * @returns {Promise<import('node:stream').Duplex>}
 */
function openTunnel(proxy, url) {
  const target = `${url.hostname}:${url.port || 443}`;
  const client = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const connect = client.request({
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...login(proxy, 'proxy-authorization') },
      timeout: SILENCE_MS,
      agent: false,
    });
    connect.on('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`The proxy ${proxy.host} answers ${response.statusCode}`));
    });
    connect.on('timeout', () => connect.destroy(new Error(`The proxy ${proxy.host} is silent`)));
    connect.on('error', reject);
    connect.end();
  });
}

/**
 * @param {URL} url
 * @param {string} [header]
 * @returns {Record<string, string>}
 */
function login(url, header = 'authorization') {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { [header]: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Certificates to trust beside the usual ones: those that pip was told of. */
function authorities() {
  const path = process.env.PIP_CERT;
  if (!path) return undefined;
  try {
    return [...tls.rootCertificates, readFileSync(path, 'utf8')];
  } catch {
    return undefined;
  }
}
