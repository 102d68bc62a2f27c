import { createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { readExactly, readZipDirectory, ZipError } from './zip-directory.mjs';

const LOCAL_HEADER = 0x04034b50;
const CHUNK = 1 << 20;

/** @typedef {import('./zip-directory.mjs').ZipEntry} ZipEntry */

/**
 * Throws unless a name stays below the folder that it is unpacked into, on every platform.
 *
 * @param {string} name
 * @throws ZipError
 */
export function checkName(name) {
  const parts = name.split('/');
  const bad =
    name === '' ||
    /[\\:\0]/.test(name) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (bad) throw new ZipError(`The archive has a file with the name ${JSON.stringify(name)}.`);
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
  const file = await open(archive);
  try {
    const entries = (await readZipDirectory(file)).filter(
      (entry) => !entry.name.endsWith('/') && wanted(entry.name),
    );
    for (const entry of entries) checkEntry(entry);
    if (new Set(entries.map((entry) => entry.name)).size < entries.length) {
      throw new ZipError('The archive has a file twice.');
    }
    const total = entries.reduce((sum, entry) => sum + entry.size, 0);
    let written = 0;
    for (const entry of entries) {
      const target = join(folder, entry.name);
      mkdirSync(dirname(target), { recursive: true });
      const out = createWriteStream(target, { flags: 'wx', highWaterMark: CHUNK });
      await pipeline(
        contentOf(file, entry),
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
    return entries.map((entry) => entry.name);
  } finally {
    await file.close();
  }
}

/**
 * Reads one file of an archive into memory.
 *
 * @param {string} archive
 * @param {(name: string) => boolean} wanted
 * @returns {Promise<string | undefined>} undefined if there is none
 */
export async function readZippedText(archive, wanted) {
  const file = await open(archive);
  try {
    const entry = (await readZipDirectory(file)).find(({ name }) => wanted(name));
    if (entry === undefined) return undefined;
    checkEntry(entry);
    const chunks = [];
    for await (const chunk of contentOf(file, entry)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await file.close();
  }
}

/** @param {ZipEntry} entry */
function checkEntry(entry) {
  checkName(entry.name);
  if (entry.encrypted) throw new ZipError(`${entry.name} is encrypted.`);
  if (entry.symlink) throw new ZipError(`${entry.name} is a link.`);
  if (entry.method !== 0 && entry.method !== 8) {
    throw new ZipError(`${entry.name} is compressed in a way that is not supported.`);
  }
}

/**
 * The bytes of one file, no more than its directory entry promises, checked at the end.
 *
 * @param {import('node:fs/promises').FileHandle} file
 * @param {ZipEntry} entry
 * @returns {AsyncGenerator<Buffer>}
 */
async function* contentOf(file, entry) {
  const header = await readExactly(file, entry.offset, 30);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new ZipError(`${entry.name} is not there.`);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = Readable.from(readRange(file, start, entry.compressedSize));
  const chunks = entry.method === 8 ? packed.pipe(createInflateRaw({ chunkSize: CHUNK })) : packed;
  packed.on('error', (error) => chunks.destroy(error));
  let size = 0;
  let sum = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > entry.size) throw new ZipError(`${entry.name} is longer than the archive says.`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (thrown) {
    if (thrown instanceof ZipError) throw thrown;
    throw new ZipError(`${entry.name} is damaged (${/** @type {Error} */ (thrown).message}).`);
  } finally {
    packed.destroy();
  }
  if (size !== entry.size || sum !== entry.crc32) throw new ZipError(`${entry.name} is damaged.`);
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} start
 * @param {number} length
 * @returns {AsyncGenerator<Buffer>}
 */
async function* readRange(file, start, length) {
  for (let at = 0; at < length; at += CHUNK) {
    yield await readExactly(file, start + at, Math.min(CHUNK, length - at));
  }
}
