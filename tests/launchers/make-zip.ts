import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a made-up archive, with what a hostile one may lie about. */
export interface ZipFile {
  name: string;
  content: Buffer;
  stored?: boolean;
  /** In place of the true length. */
  size?: number;
  /** In place of the true checksum. */
  crc32?: number;
  /** In place of where it is. */
  offset?: number;
  method?: number;
  flags?: number;
  /** Unix mode bits. */
  mode?: number;
  /** Whether its sizes and place are given in a ZIP64 field. */
  large?: boolean;
}

/** Makes a zip archive; with `zip64` its directory is described by a ZIP64 record. */
export function makeZip(files: ZipFile[], options: { zip64?: boolean; comment?: string } = {}) {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const data = file.stored ? file.content : deflateRawSync(file.content);
    const local = record(file, data.length, at);
    locals.push(local.header, data);
    directory.push(local.entry);
    at += local.header.length + data.length;
  }
  const entries = Buffer.concat(directory);
  const comment = Buffer.from(options.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.zip64 ? 0xffff : files.length, 8);
  end.writeUInt16LE(options.zip64 ? 0xffff : files.length, 10);
  end.writeUInt32LE(options.zip64 ? 0xffffffff : entries.length, 12);
  end.writeUInt32LE(options.zip64 ? 0xffffffff : at, 16);
  end.writeUInt16LE(comment.length, 20);
  const large = options.zip64 ? zip64End(files.length, entries.length, at) : Buffer.alloc(0);
  return Buffer.concat([...locals, entries, large, end, comment]);
}

function record(file: ZipFile, packedLength: number, at: number) {
  const name = Buffer.from(file.name);
  const size = file.size ?? file.content.length;
  const offset = file.offset ?? at;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(45, 0);
  common.writeUInt16LE(file.flags ?? 0, 2);
  common.writeUInt16LE(file.method ?? (file.stored ? 0 : 8), 4);
  common.writeUInt32LE(file.crc32 ?? crc32(file.content), 10);
  common.writeUInt32LE(file.large ? 0xffffffff : packedLength, 14);
  common.writeUInt32LE(file.large ? 0xffffffff : size, 18);
  common.writeUInt16LE(name.length, 22);
  const header = Buffer.concat([signature(0x04034b50), common, name]);
  const extra = file.large ? zip64Field(size, packedLength, offset) : Buffer.alloc(0);
  common.writeUInt16LE(extra.length, 24);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6);
  rest.writeUInt32LE(file.large ? 0xffffffff : offset, 10);
  const version = Buffer.from([45, 3]);
  const entry = Buffer.concat([signature(0x02014b50), version, common, rest, name, extra]);
  return { header, entry };
}

function signature(value: number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function zip64Field(size: number, packedLength: number, offset: number) {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  field.writeBigUInt64LE(BigInt(size), 4);
  field.writeBigUInt64LE(BigInt(packedLength), 12);
  field.writeBigUInt64LE(BigInt(offset), 20);
  return field;
}

function zip64End(count: number, length: number, offset: number) {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + length), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
