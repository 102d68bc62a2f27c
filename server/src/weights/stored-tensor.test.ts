import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { encodeBfloat16, encodeFloat16 } from './dtypes.ts';
import { SafetensorsFile } from './safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-stored-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 40;
const COLUMNS = 24;
// All of them are exact in 8 bits of significand.
const values = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => (i % 251) / 4 - 30);
const codes = { F16: encodeFloat16(values), BF16: encodeBfloat16(values), F32: values };

function write(name: string, dtype: string, shape: number[], data: ArrayBufferView): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const header = JSON.stringify({
    before: { dtype: 'U8', shape: [8], data_offsets: [0, 8] },
    m: { dtype, shape, data_offsets: [8, 8 + bytes.length] },
  });
  const padded = header.padEnd(8 * Math.ceil(header.length / 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([length, Buffer.from(padded), Buffer.alloc(8), bytes]));
  return path;
}

test.each(['F16', 'BF16', 'F32'] as const)(
  'a matrix of %s is read as a whole, by rows, and ahead',
  async (dtype) => {
    const path = write(`${dtype}.safetensors`, dtype, [ROWS, COLUMNS], codes[dtype]);
    const file = SafetensorsFile.open(path);
    const matrix = file.matrix('m');
    expect([matrix.rows, matrix.columns, matrix.dtype]).toEqual([ROWS, COLUMNS, dtype]);
    expect(matrix.readFloat32()).toEqual(values);
    const row = (r: number) => Array.from(values.subarray(r * COLUMNS, (r + 1) * COLUMNS));
    expect(Array.from(matrix.readRows(Int32Array.of(39, 0, 39)))).toEqual([
      ...row(39),
      ...row(0),
      ...row(39),
    ]);
    const data = codes[dtype];
    const stored = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    expect(Buffer.from(matrix.readStored())).toEqual(stored);
    matrix.readAhead();
    // At once, before it has been read, and after.
    expect(Buffer.from(matrix.readStored())).toEqual(stored);
    matrix.readAhead();
    await setTimeout(20);
    expect(Buffer.from(matrix.readStored())).toEqual(stored);
    file.close();
  },
);

test('a file that is closed while it is read ahead is closed at once, and read no more', async () => {
  const path = write('closed.safetensors', 'F32', [ROWS, COLUMNS], values);
  // Once before the thread that reads has begun, and once while it does or after.
  for (const begun of [false, true]) {
    const file = SafetensorsFile.open(path);
    file.matrix('m').readAhead();
    if (begun) await setTimeout(5);
    file.close();
    expect(isOpen(path)).toBe(false);
  }
  const file = SafetensorsFile.open(path);
  const matrix = file.matrix('m');
  matrix.readAhead();
  file.close();
  expect(() => matrix.readRows(Int32Array.of(0))).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE' }),
  );
  const again = SafetensorsFile.open(path);
  again.matrix('m').readAhead();
  await setTimeout(20);
  expect(again.matrix('m').readFloat32()).toEqual(values);
  again.close();
});

test('reading ahead that is given up for another matrix leaves the right values to both', async () => {
  const first = SafetensorsFile.open(write('first.safetensors', 'F32', [ROWS, COLUMNS], values));
  const twice = values.map((value) => 2 * value);
  const second = SafetensorsFile.open(write('second.safetensors', 'F32', [ROWS, COLUMNS], twice));
  for (let repeat = 0; repeat < 20; repeat++) {
    const matrices = [first.matrix('m'), second.matrix('m')] as const;
    matrices[0].readAhead();
    if (repeat % 2 === 1) await setTimeout(1);
    matrices[1].readAhead();
    if (repeat % 4 > 1) await setTimeout(1);
    expect(floats(matrices[1].readStored())).toEqual(twice);
    expect(floats(matrices[0].readStored())).toEqual(values);
  }
  first.close();
  second.close();
});

function floats(bytes: Uint8Array<ArrayBuffer>): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** Whether this process has a file open, where the system tells. */
function isOpen(path: string): boolean {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)) === path;
    } catch {
      return false;
    }
  });
}

test.each([
  ['a vector', 'F32', [ROWS * COLUMNS], values],
  ['integers', 'I32', [ROWS, COLUMNS], new Int32Array(values.length)],
])('%s is no matrix of floats', (name, dtype, shape, data) => {
  const file = SafetensorsFile.open(write(`${name}.safetensors`, dtype, shape, data));
  expect(() => file.matrix('m')).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE', message: expect.stringContaining('matrix') }),
  );
  file.close();
});
