import type { FileBytes } from '../file-bytes.ts';
import { badTorchFile } from './problems.ts';

// A reader of our own, and of a small part of zip: libraries inflate, hold whole files, read
// asynchronously, or do not say where in the file an entry's bytes are, and a tensor is to be read
// from the middle of one. This takes no more than is needed to tell that every entry is stored as it
// is, and where; an archive whose two descriptions of an entry differ, or whose entries overlap, is
// one that different programs read differently, and is refused.

/** A file in an archive, stored without compression. */
export interface ZipEntry {
  readonly name: string;
  /** Where its bytes begin. */
  readonly position: number;
  readonly bytes: number;
}

interface DirectoryEntry {
  readonly name: Buffer;
  readonly flags: number;
  readonly bytes: number;
  readonly header: number;
}

interface Directory {
  readonly position: number;
  readonly bytes: number;
  readonly count: number;
}

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const LARGE_END = 0x06064b50;
const LARGE_END_BYTES = 56;
const LARGE_LOCATOR = 0x07064b50;
const LARGE_LOCATOR_BYTES = 20;
const LARGE_FIELD = 1;
const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
/** A value of four bytes that stands for one of eight elsewhere. */
const ELSEWHERE = 0xffffffff;
const ELSEWHERE_16 = 0xffff;

const ENCRYPTED = 1;
const SIZES_FOLLOW = 8;
const STORED = 0;

/** The largest published checkpoints have some thousands of entries. */
const MAX_ENTRIES = 1 << 16;
const MAX_DIRECTORY_BYTES = 1 << 24;

/**
 * The entries of a zip archive, by name, after checking that each is stored as it is, that its local
 * header says the same, and that nothing overlaps.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`
 */
export function readZipDirectory(file: FileBytes): Map<string, ZipEntry> {
  const directory = findDirectory(file);
  const entries = new Map<string, ZipEntry>();
  let end = 0;
  const inOrder = parseDirectory(file, directory).sort((a, b) => a.header - b.header);
  for (const entry of inOrder) {
    const name = entry.name.toString();
    if (entries.has(name)) throw bad(file, `its archive has ${JSON.stringify(name)} twice`);
    if (entry.header < end) throw bad(file, 'entries of its archive overlap');
    const position = dataPosition(file, entry, directory.position);
    entries.set(name, { name, position, bytes: entry.bytes });
    end = position + entry.bytes;
    if (end > directory.position) throw bad(file, 'an entry of its archive is cut short');
  }
  return entries;
}

function findDirectory(file: FileBytes): Directory {
  // Nothing follows in the archives of torch.save; a comment might, but could hide a second end.
  const at = file.size - END_BYTES;
  if (at < 0) throw cutShort(file);
  const end = readBytes(file, at, END_BYTES);
  if (end.readUInt32LE(0) !== END || end.readUInt16LE(20) !== 0) throw cutShort(file);
  const small = {
    count: end.readUInt16LE(10),
    bytes: end.readUInt32LE(12),
    position: end.readUInt32LE(16),
  };
  const large = readLargeEnd(file, at);
  const found = large ?? { ...small, end: at };
  if (large !== undefined) {
    const agree =
      (small.count === ELSEWHERE_16 || small.count === large.count) &&
      (small.bytes === ELSEWHERE || small.bytes === large.bytes) &&
      (small.position === ELSEWHERE || small.position === large.position);
    if (!agree) throw bad(file, 'the two ends of its archive differ');
  }
  if (found.position + found.bytes !== found.end) throw bad(file, 'its archive has a wrong end');
  if (found.count > MAX_ENTRIES || found.bytes > MAX_DIRECTORY_BYTES) {
    throw bad(file, `its archive has too many entries (${found.count})`);
  }
  return found;
}

/** The end of an archive of more than 4 GiB; torch.save always writes it. */
function readLargeEnd(file: FileBytes, end: number): (Directory & { end: number }) | undefined {
  const locatorAt = end - LARGE_LOCATOR_BYTES;
  if (locatorAt < 0) return undefined;
  const locator = readBytes(file, locatorAt, LARGE_LOCATOR_BYTES);
  if (locator.readUInt32LE(0) !== LARGE_LOCATOR) return undefined;
  const at = Number(locator.readBigUInt64LE(8));
  if (at !== locatorAt - LARGE_END_BYTES) throw bad(file, 'its archive has a wrong end');
  const record = readBytes(file, at, LARGE_END_BYTES);
  if (record.readUInt32LE(0) !== LARGE_END) throw bad(file, 'its archive has a wrong end');
  return {
    count: Number(record.readBigUInt64LE(32)),
    bytes: Number(record.readBigUInt64LE(40)),
    position: Number(record.readBigUInt64LE(48)),
    end: at,
  };
}

function parseDirectory(file: FileBytes, { position, bytes, count }: Directory): DirectoryEntry[] {
  const directory = readBytes(file, position, bytes);
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > bytes || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw bad(file, 'the directory of its archive is damaged');
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const next = at + ENTRY_BYTES + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
    if (next > bytes) throw bad(file, 'the directory of its archive is damaged');
    const name = directory.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    const extra = directory.subarray(at + ENTRY_BYTES + nameBytes).subarray(0, extraBytes);
    entries.push(parseEntry(file, directory.subarray(at, next), name, extra));
    at = next;
  }
  if (at !== bytes) throw bad(file, 'the directory of its archive is damaged');
  return entries;
}

function parseEntry(file: FileBytes, entry: Buffer, name: Buffer, extra: Buffer): DirectoryEntry {
  const flags = entry.readUInt16LE(8);
  const refuse = (what: string) =>
    bad(file, `${JSON.stringify(name.toString())} in its archive ${what}`);
  if (flags & ENCRYPTED) throw refuse('is encrypted');
  if (entry.readUInt16LE(10) !== STORED) {
    throw refuse(
      'is compressed, as by torch.save nothing is: it is a TorchScript program, or was packed again. ' +
        'Load it in Python and save its state_dict',
    );
  }
  const large = largeValues(extra);
  const value = (at: number) => {
    const small = entry.readUInt32LE(at);
    return small === ELSEWHERE ? Number(large.shift() ?? Number.NaN) : small;
  };
  // The order in which the field of large values has them.
  const bytes = value(24);
  const stored = value(20);
  const header = value(42);
  if (stored !== bytes) throw refuse('has two different sizes');
  if (!Number.isSafeInteger(bytes) || !Number.isSafeInteger(header)) {
    throw refuse('has an impossible size');
  }
  return { name, flags, bytes, header };
}

/** The eight-byte values of the ZIP64 field, if there is one. */
function largeValues(extra: Buffer): bigint[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== LARGE_FIELD) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    return Array.from({ length: Math.floor(field.length / 8) }, (_, i) =>
      field.readBigUInt64LE(8 * i),
    );
  }
  return [];
}

/** Where an entry's bytes begin, which only its local header says. */
function dataPosition(file: FileBytes, entry: DirectoryEntry, limit: number): number {
  const { name, flags, bytes, header } = entry;
  if (header + LOCAL_BYTES + name.length > limit) throw bad(file, 'its archive is cut short');
  const local = readBytes(file, header, LOCAL_BYTES + name.length);
  const says = (size: number) =>
    size === bytes || size === ELSEWHERE || (size === 0 && (flags & SIZES_FOLLOW) !== 0);
  const agrees =
    local.readUInt32LE(0) === LOCAL_HEADER &&
    local.readUInt16LE(6) === flags &&
    local.readUInt16LE(8) === STORED &&
    says(local.readUInt32LE(18)) &&
    says(local.readUInt32LE(22)) &&
    local.readUInt16LE(26) === name.length &&
    local.subarray(LOCAL_BYTES).equals(name);
  if (!agrees) {
    throw bad(
      file,
      `its archive has two different descriptions of ${JSON.stringify(name.toString())}`,
    );
  }
  return header + LOCAL_BYTES + name.length + local.readUInt16LE(28);
}

function readBytes(file: FileBytes, position: number, length: number): Buffer {
  if (position < 0 || position + length > file.size) throw cutShort(file);
  const bytes = Buffer.alloc(length);
  file.read(bytes, position);
  return bytes;
}

function cutShort(file: FileBytes): Error {
  return bad(file, 'its archive has no end: it is cut short, or something was put behind it');
}

function bad(file: FileBytes, what: string): Error {
  return badTorchFile(file.path, what);
}
