import { compareVersions, satisfies } from './version.mjs';
import { normalizeName, parseWheelName } from './wheel-name.mjs';

/**
 * A file that a package index offers.
 *
 * @typedef {object} IndexFile
 * @property {string} filename
 * @property {URL} url
 * @property {string | undefined} sha256
 * @property {number | undefined} size bytes
 * @property {boolean} yanked
 */

/** What to ask an index for: JSON rather than HTML. */
export const INDEX_ACCEPT =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/**
 * The address of a package's page.
 *
 * @param {string} index the index's own address
 * @param {string} name
 */
export function projectPage(index, name) {
  return new URL(`${normalizeName(name)}/`, index.endsWith('/') ? index : `${index}/`);
}

/**
 * Reads a package's page, in either form.
 *
 * @param {string} body
 * @param {string} contentType
 * @param {URL} pageUrl against which addresses on it are resolved
 * @returns {IndexFile[]}
 * @throws SyntaxError if it says to be JSON and is not
 */
export function parseIndexPage(body, contentType, pageUrl) {
  return contentType.includes('json') ? fromJson(body, pageUrl) : fromHtml(body, pageUrl);
}

/**
 * @param {string} body
 * @param {URL} pageUrl
 * @returns {IndexFile[]}
 */
function fromJson(body, pageUrl) {
  const page = JSON.parse(body);
  if (!Array.isArray(page?.files)) throw new SyntaxError('The package index lists no files.');
  /** @type {IndexFile[]} */
  const found = [];
  for (const file of page.files) {
    if (typeof file?.filename !== 'string' || !URL.canParse(file.url, pageUrl.href)) continue;
    found.push({
      filename: file.filename,
      url: new URL(file.url, pageUrl),
      sha256: hexDigest(file.hashes?.sha256),
      size: Number.isSafeInteger(file.size) ? file.size : undefined,
      yanked: file.yanked !== undefined && file.yanked !== false,
    });
  }
  return found;
}

/**
 * @param {string} body
 * @param {URL} pageUrl
 * @returns {IndexFile[]}
 */
function fromHtml(body, pageUrl) {
  /** @type {IndexFile[]} */
  const found = [];
  for (const [, attributes = '', text = ''] of body.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi)) {
    const href = attribute(attributes, 'href');
    if (href === undefined || !URL.canParse(href, pageUrl.href)) continue;
    const url = new URL(href, pageUrl);
    const sha256 = hexDigest(url.hash.match(/^#sha256=(.*)$/)?.[1]);
    url.hash = '';
    found.push({
      filename: decodeEntities(text.trim()),
      url,
      sha256,
      size: undefined,
      yanked: attribute(attributes, 'data-yanked') !== undefined,
    });
  }
  return found;
}

/** @param {unknown} value */
function hexDigest(value) {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
    ? value.toLowerCase()
    : undefined;
}

/**
 * @param {string} attributes
 * @param {string} name
 */
function attribute(attributes, name) {
  const match = attributes.match(
    new RegExp(`(?:^|\\s)${name}(?:\\s*=\\s*("[^"]*"|'[^']*'))?`, 'i'),
  );
  if (match === null) return undefined;
  return decodeEntities((match[1] ?? '').slice(1, -1));
}

/** @param {string} text */
function decodeEntities(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll(/&#39;|&#x27;/g, "'")
    .replaceAll('&amp;', '&');
}

/**
 * Chooses the newest wheel of a package that a machine and Python 3.12 could use. Which Python makes
 * no difference to the libraries inside.
 *
 * @param {IndexFile[]} files
 * @param {import('./version.mjs').Requirement} requirement
 * @param {string[]} platforms platform tags, best first
 * @returns {IndexFile | undefined}
 */
export function chooseWheel(files, requirement, platforms) {
  const wanted = normalizeName(requirement.name);
  /** @type {{ file: IndexFile, version: string, rank: number }[]} */
  const candidates = [];
  for (const file of files) {
    const wheel = parseWheelName(file.filename);
    if (wheel === undefined || file.yanked || wheel.name !== wanted) continue;
    if (!satisfies(wheel.version, requirement.clauses)) continue;
    const python = wheel.pythons.includes('cp312') || wheel.abis.includes('none');
    const rank = platforms.findIndex((tag) => wheel.platforms.includes(tag));
    if (python && rank >= 0) candidates.push({ file, version: wheel.version, rank });
  }
  candidates.sort((a, b) => compareVersions(b.version, a.version) || a.rank - b.rank);
  return candidates[0]?.file;
}
