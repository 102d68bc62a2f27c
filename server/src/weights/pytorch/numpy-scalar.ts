import { NumpyDtype, type PickleValue } from './pickle-values.ts';
import { shortInteger } from './short-integer.ts';

type Read = (view: DataView) => number | bigint | boolean;

const READ: Record<string, [bytes: number, read: Read]> = {
  f8: [8, (view) => view.getFloat64(0, true)],
  f4: [4, (view) => view.getFloat32(0, true)],
  i8: [8, (view) => view.getBigInt64(0, true)],
  i4: [4, (view) => view.getInt32(0, true)],
  i2: [2, (view) => view.getInt16(0, true)],
  i1: [1, (view) => view.getInt8(0)],
  u8: [8, (view) => view.getBigUint64(0, true)],
  u4: [4, (view) => view.getUint32(0, true)],
  u2: [2, (view) => view.getUint16(0, true)],
  u1: [1, (view) => view.getUint8(0)],
  b1: [1, (view) => view.getUint8(0) !== 0],
};

/** A number of numpy, as a plain one: settings that were computed with numpy have them. */
export function numpyScalar([dtype, bytes]: readonly PickleValue[]): PickleValue | undefined {
  if (!(dtype instanceof NumpyDtype) || !(bytes instanceof Uint8Array)) return undefined;
  if (!Object.hasOwn(READ, dtype.code) || dtype.order === '>') return undefined;
  const [length, read] = READ[dtype.code] as [number, Read];
  if (bytes.length !== length) return undefined;
  const value = read(new DataView(bytes.buffer, bytes.byteOffset, length));
  return typeof value === 'bigint' ? shortInteger(value) : value;
}
