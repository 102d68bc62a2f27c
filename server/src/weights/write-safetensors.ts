import type { Dtype } from './dtypes.ts';

/** A tensor to be written: its elements as bytes, little-endian, row by row. */
export interface TensorBytes {
  dtype: Dtype;
  shape: readonly number[];
  data: ArrayBufferView;
}

/**
 * A safetensors file with the tensors in the order given. The header is padded with spaces so that
 * the data begins at a multiple of eight bytes.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorBytes>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const described = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const header = [...(metadata ? [['__metadata__', metadata]] : []), ...described];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const dataStart = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(dataStart + end).fill(' '.charCodeAt(0), 8, dataStart);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(json, 8);
  let position = dataStart;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}
