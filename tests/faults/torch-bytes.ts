import { OP } from '../../server/src/weights/pytorch/opcodes.ts';
import { makeZip, type ZipFile } from '../launchers/make-zip.ts';
import { bytes, dict, integer, pickle, text, u64 } from './pickle-bytes.ts';

/** A PyTorch file in the form of an archive. */
export function zipForm(root: Buffer, storages: Record<string, Buffer> = FOUR): Buffer {
  return makeZip(zipFiles(root, storages), { zip64: true });
}

/** Four float32, 1 to 4. */
export const FOUR = { 0: Buffer.from(Float32Array.of(1, 2, 3, 4).buffer) };

export function zipFiles(root: Buffer, storages: Record<string, Buffer> = FOUR): ZipFile[] {
  const files = { 'data.pkl': root, byteorder: Buffer.from('little') };
  const data = Object.entries(storages).map(([key, content]) => [`data/${key}`, content] as const);
  return [...Object.entries(files), ...data].map(([name, content]) => {
    return { name: `archive/${name}`, content, stored: true };
  });
}

const MAGIC = bytes(OP.LONG1, 10, Buffer.from('6cfc9c46f9206aa85019', 'hex'));

/** A PyTorch file in the form without an archive; `lengths` in place of the true numbers of elements. */
export function legacyForm(
  root: Buffer,
  storages: Record<string, Buffer> = FOUR,
  lengths: Record<string, bigint> = {},
): Buffer {
  const facts = dict({ protocol_version: integer(1001), little_endian: OP.NEWTRUE });
  const keys = Object.keys(storages);
  return bytes(
    pickle(MAGIC),
    pickle(integer(1001)),
    pickle(facts),
    root,
    pickle(OP.EMPTY_LIST, OP.MARK, keys.map(text), OP.APPENDS),
    Object.entries(storages).map(([key, content]) => [
      u64(lengths[key] ?? BigInt(content.length / 4)),
      content,
    ]),
  );
}
