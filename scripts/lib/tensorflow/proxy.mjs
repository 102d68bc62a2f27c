/**
 * The proxy that the environment names for an address, as `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`,
 * unless `NO_PROXY` exempts its host.
 *
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {URL | undefined}
 */
export function proxyFor(url, env = process.env) {
  const value = env.NO_PROXY ?? env.no_proxy ?? '';
  if (value.split(',').some((entry) => exempts(entry.trim(), url))) return undefined;
  const scheme = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const named = env[scheme.toUpperCase()] || env[scheme] || env.ALL_PROXY || env.all_proxy;
  if (!named) return undefined;
  const address = named.includes('://') ? named : `http://${named}`;
  if (!URL.canParse(address)) return undefined;
  const proxy = new URL(address);
  return proxy.protocol === 'http:' || proxy.protocol === 'https:' ? proxy : undefined;
}

/**
 * @param {string} entry such as `*`, `example.org`, `.example.org` or `example.org:8443`
 * @param {URL} url
 */
function exempts(entry, url) {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, host = '', port] = entry.match(/^\*?\.?(.*?)(?::(\d+))?$/) ?? [];
  const urlPort = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (port !== undefined && port !== urlPort) return false;
  return url.hostname === host || url.hostname.endsWith(`.${host}`);
}
