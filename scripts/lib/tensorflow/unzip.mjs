import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';

const CHUNK = 1 << 20;
const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

/** An archive that is damaged, or built to do harm. */
export class ZipError extends Error {
  /** @override */
  name = 'ZipError';
}

/**
 * Unpacks the files of an archive that `wanted` picks, as streams, and checks their lengths and
 * checksums. Folders come as needed.
 *
 * @param {string} archive
 * @param {string} folder
 * @param {(name: string) => boolean} wanted
 * @param {(bytes: number, total: number) => void} [onProgress] bytes written
 * @returns {Promise<string[]>} the names unpacked
 * @throws ZipError if one of them is damaged, encrypted, a link, or would land outside the folder
 */
export async function unzip(archive, folder, wanted, onProgress) {
  return withArchive(archive, wanted, async (zip, entries) => {
    const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    let written = 0;
    for (const entry of entries) {
      const target = join(folder, entry.fileName);
      mkdirSync(dirname(target), { recursive: true });
      const out = createWriteStream(target, { flags: 'wx', highWaterMark: CHUNK });
      await pipeline(
        contentOf(zip, entry),
        async function* (chunks) {
          for await (const chunk of chunks) {
            written += chunk.length;
            onProgress?.(written, total);
            yield chunk;
          }
        },
        out,
      );
    }
    return entries.map((entry) => entry.fileName);
  });
}

/**
 * Reads one file of an archive into memory.
 *
 * @param {string} archive
 * @param {(name: string) => boolean} wanted
 * @returns {Promise<string | undefined>} undefined if there is none
 * @throws ZipError if it is damaged
 */
export async function readZippedText(archive, wanted) {
  return withArchive(archive, wanted, async (zip, [entry]) => {
    if (entry === undefined) return undefined;
    const chunks = [];
    for await (const chunk of contentOf(zip, entry)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  });
}

/**
 * Opens an archive for as long as its files are worked on. Names that would land outside a folder,
 * yauzl refuses.
 *
 * @template T
 * @param {string} archive
 * @param {(name: string) => boolean} wanted
 * @param {(zip: yauzl.ZipFile, entries: yauzl.Entry[]) => Promise<T>} work given the files wanted
 * @returns {Promise<T>}
 */
async function withArchive(archive, wanted, work) {
  const options = { autoClose: false, strictFileNames: true };
  const zip = await yauzl.openPromise(archive, options).catch(rethrow);
  try {
    return await work(zip, await entriesOf(zip, wanted));
  } finally {
    zip.close();
  }
}

/**
 * @param {yauzl.ZipFile} zip
 * @param {(name: string) => boolean} wanted
 */
async function entriesOf(zip, wanted) {
  /** @type {Map<string, yauzl.Entry>} */
  const entries = new Map();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (name.endsWith('/') || !wanted(name)) continue;
      checkEntry(entry);
      if (entries.has(name)) throw new ZipError('The archive has a file twice.');
      entries.set(name, entry);
    }
  } catch (thrown) {
    rethrow(thrown);
  }
  return [...entries.values()];
}

/** @param {yauzl.Entry} entry */
function checkEntry(entry) {
  const name = entry.fileName;
  if (entry.isEncrypted()) throw new ZipError(`${name} is encrypted.`);
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK) {
    throw new ZipError(`${name} is a link.`);
  }
  if (!entry.canDecodeFileData()) {
    throw new ZipError(`${name} is compressed in a way that is not supported.`);
  }
}

/**
 * The bytes of one file, as many as its directory entry promises, with their checksum compared at the
 * end, which yauzl leaves to its users.
 *
 * @param {yauzl.ZipFile} zip
 * @param {yauzl.Entry} entry
 * @returns {AsyncGenerator<Buffer>}
 * @throws ZipError
 */
async function* contentOf(zip, entry) {
  let sum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (thrown) {
    throw new ZipError(`${entry.fileName} is damaged (${messageOf(thrown)}).`);
  }
  if (sum !== entry.crc32) throw new ZipError(`${entry.fileName} is damaged.`);
}

/**
 * Throws what yauzl says as a ZipError, and what the system says as it is.
 *
 * @param {unknown} thrown
 * @returns {never}
 */
function rethrow(thrown) {
  if (thrown instanceof ZipError) throw thrown;
  if (thrown instanceof Error && 'errno' in thrown) throw thrown;
  throw new ZipError(`The archive is damaged (${messageOf(thrown)}).`);
}

/** @param {unknown} thrown */
function messageOf(thrown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
