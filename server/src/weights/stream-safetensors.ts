import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { DTYPE_BITS, type Dtype } from './dtypes.ts';

/** The data of a file begins at a multiple of this. */
const ALIGNMENT = 64;
const NO_HASH = '0'.repeat(64);

/** A tensor to be written, whose bytes come when they are asked for. */
export interface StreamedTensor {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  /** Its elements, little-endian, row by row. */
  bytes: () => Iterable<Uint8Array>;
}

/**
 * Writes a safetensors file piece by piece: the tensors in the order given, data from a multiple of 64
 * bytes on. The metadata is asked for before the data and after it, then with the data's SHA-256 in
 * hexadecimal, and must have the same length both times.
 *
 * @param descriptor an open, empty file
 * @param onProgress told after each piece which share of the data is written, 0 to 1
 */
export function streamSafetensors(
  descriptor: number,
  tensors: readonly StreamedTensor[],
  metadata: (dataSha256: string) => Readonly<Record<string, string>>,
  onProgress: (share: number) => void = () => {},
): void {
  const entries: [string, unknown][] = [];
  let end = 0;
  for (const { name, dtype, shape } of tensors) {
    const begin = end;
    end += (shape.reduce((product, length) => product * length, 1) * DTYPE_BITS[dtype]) / 8;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = (hash: string) =>
    Buffer.from(
      JSON.stringify({ __metadata__: metadata(hash), ...Object.fromEntries(entries) }),
      'utf8',
    );
  const dataStart = Math.ceil((8 + json(NO_HASH).length) / ALIGNMENT) * ALIGNMENT;
  const hash = createHash('sha256');
  let position = dataStart;
  for (const { bytes } of tensors) {
    for (const piece of bytes()) {
      writeFully(descriptor, piece, position);
      hash.update(piece);
      position += piece.length;
      onProgress((position - dataStart) / end);
    }
  }
  if (position !== dataStart + end) throw new Error('a tensor has not the bytes of its shape');
  const header = Buffer.alloc(dataStart, ' ');
  header.writeBigUInt64LE(BigInt(dataStart - 8));
  const text = json(hash.digest('hex'));
  if (8 + text.length > dataStart) throw new Error('the metadata has grown');
  text.copy(header, 8);
  writeFully(descriptor, header, 0);
}

function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}
