import { TextDecoder } from 'node:util';

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
/** More than any wheel has by far; what claims more is no wheel. */
const MAX_DIRECTORY_BYTES = 256 * 2 ** 20;
const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

/** An archive that is damaged, or built to do harm. */
export class ZipError extends Error {
  /** @override */
  name = 'ZipError';
}

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method 0 stored, 8 deflated
 * @property {number} compressedSize bytes
 * @property {number} size bytes
 * @property {number} crc32
 * @property {number} offset of its header in the archive
 * @property {boolean} encrypted
 * @property {boolean} symlink
 */

/**
 * Reads the directory at an archive's end, ZIP64 included.
 *
 * @param {import('node:fs/promises').FileHandle} file
 * @returns {Promise<ZipEntry[]>}
 * @throws ZipError if it is no archive or its directory is damaged
 */
export async function readZipDirectory(file) {
  const { size } = await file.stat();
  const { offset, length, count } = await findDirectory(file, size);
  if (offset + length > size || length > MAX_DIRECTORY_BYTES) {
    throw new ZipError('The archive says that its directory lies outside it.');
  }
  const directory = await readExactly(file, offset, length);
  const entries = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const entry = readEntry(directory, at);
    if (entry.offset >= offset) throw new ZipError(`${entry.name} lies outside the archive.`);
    entries.push(entry);
    at += entry.bytes;
  }
  return entries;
}

/**
 * Reads bytes at a place.
 *
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} offset
 * @param {number} length
 * @throws ZipError if the file ends before
 */
export async function readExactly(file, offset, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  if (bytesRead !== length) throw new ZipError('The archive is cut off.');
  return buffer;
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 */
async function findDirectory(file, size) {
  const tailLength = Math.min(size, END_BYTES + MAX_COMMENT);
  const tail = await readExactly(file, size - tailLength, tailLength);
  let at = tail.length - END_BYTES;
  while (at >= 0 && !isEnd(tail, at)) at--;
  if (at < 0) throw new ZipError('This is not a zip archive, or its end is missing.');
  const plain = {
    count: tail.readUInt16LE(at + 10),
    length: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  if (plain.count !== 0xffff && plain.length !== 0xffffffff && plain.offset !== 0xffffffff) {
    return plain;
  }
  const locatorAt = at - 20;
  if (locatorAt < 0 || tail.readUInt32LE(locatorAt) !== LOCATOR64) return plain;
  const record = await readExactly(file, toNumber(tail.readBigUInt64LE(locatorAt + 8)), 56);
  if (record.readUInt32LE(0) !== END64) throw new ZipError('The ZIP64 record is missing.');
  return {
    count: toNumber(record.readBigUInt64LE(32)),
    length: toNumber(record.readBigUInt64LE(40)),
    offset: toNumber(record.readBigUInt64LE(48)),
  };
}

/**
 * Whether the end record starts here: its comment must reach exactly to the archive's end.
 *
 * @param {Buffer} tail
 * @param {number} at
 */
function isEnd(tail, at) {
  return (
    tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length
  );
}

/**
 * @param {Buffer} directory
 * @param {number} at
 * @returns {ZipEntry & { bytes: number }} with the length of its directory record
 */
function readEntry(directory, at) {
  if (at + 46 > directory.length || directory.readUInt32LE(at) !== ENTRY) {
    throw new ZipError('The archive’s directory is damaged.');
  }
  const nameLength = directory.readUInt16LE(at + 28);
  const extraLength = directory.readUInt16LE(at + 30);
  const bytes = 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
  if (at + bytes > directory.length) throw new ZipError('The archive’s directory is damaged.');
  const nameEnd = at + 46 + nameLength;
  const entry = {
    name: decodeName(directory.subarray(at + 46, nameEnd)),
    method: directory.readUInt16LE(at + 10),
    compressedSize: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    crc32: directory.readUInt32LE(at + 16),
    offset: directory.readUInt32LE(at + 42),
    encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    symlink: ((directory.readUInt32LE(at + 38) >>> 16) & FILE_TYPE) === SYMLINK,
    bytes,
  };
  return { ...entry, ...largeNumbers(entry, directory.subarray(nameEnd, nameEnd + extraLength)) };
}

/**
 * The numbers too large for their 32 bits, from the ZIP64 extra field.
 *
 * @param {{ size: number, compressedSize: number, offset: number }} entry
 * @param {Buffer} extra
 */
function largeNumbers(entry, extra) {
  /** @type {{ size?: number, compressedSize?: number, offset?: number }} */
  const large = {};
  const wanted = /** @type {const} */ (['size', 'compressedSize', 'offset']).filter(
    (name) => entry[name] === 0xffffffff,
  );
  for (let at = 0; wanted.length > 0 && at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      wanted.forEach((name, i) => {
        const value = at + 4 + 8 * i;
        if (8 * (i + 1) > length || value + 8 > extra.length) {
          throw new ZipError('A ZIP64 field is cut off.');
        }
        large[name] = toNumber(extra.readBigUInt64LE(value));
      });
      return large;
    }
    at += 4 + length;
  }
  return large;
}

/** @param {bigint} value */
function toNumber(value) {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipError('A size in it is impossible.');
  return Number(value);
}

/** @param {Buffer} bytes */
function decodeName(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ZipError('A file name in the archive is not UTF-8.');
  }
}
