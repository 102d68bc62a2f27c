import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoupeError } from '@loupe/shared';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeBfloat16, encodeFloat16 } from './dtypes.ts';
import { SafetensorsFile } from './safetensors.ts';
import { type TensorBytes, writeSafetensors } from './write-safetensors.ts';

// The same examples every time: a failure then says something about the code.
fc.configureGlobal({ seed: 20 });

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-safetensors-'));
  path = join(folder, 'weights.safetensors');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(bytes: Uint8Array): SafetensorsFile {
  writeFileSync(path, bytes);
  return SafetensorsFile.open(path);
}

/** A file with just this header over `dataBytes` zeros. */
function withHeader(header: string | Uint8Array, dataBytes = 0): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function refusal(action: () => unknown): LoupeError {
  try {
    action();
  } catch (error) {
    if (error instanceof LoupeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** As `toEqual`, which takes seconds on a large array. */
function sameBytes(a: Float32Array, b: Float32Array): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
}

test('reads every float dtype, exactly', () => {
  const values = Float32Array.of(0, -0, 1.5, -2.25, 65504, 2 ** -24);
  const file = open(
    writeSafetensors(
      {
        f32: { dtype: 'F32', shape: [2, 3], data: values },
        f16: { dtype: 'F16', shape: [6], data: encodeFloat16(values) },
        bf16: { dtype: 'BF16', shape: [3, 2], data: encodeBfloat16(values.subarray(0, 6)) },
        f64: { dtype: 'F64', shape: [1, 6], data: Float64Array.from(values) },
        steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) },
        none: { dtype: 'F16', shape: [0, 4], data: new Uint16Array(0) },
      },
      { format: 'pt' },
    ),
  );
  expect(file.names).toEqual(['f32', 'f16', 'bf16', 'f64', 'steps', 'none']);
  expect(file.info('f32')).toEqual({ dtype: 'F32', shape: [2, 3] });
  expect(file.info('steps')).toEqual({ dtype: 'I64', shape: [] });
  expect(file.readFloat32('f32')).toEqual(values);
  expect(file.readFloat32('f16')).toEqual(values);
  expect(file.readFloat32('f64')).toEqual(values);
  expect([...file.readFloat32('bf16')]).toEqual([0, -0, 1.5, -2.25, 65536, 2 ** -24]);
  expect(file.readFloat32('none')).toEqual(new Float32Array(0));
  file.close();
});

test('data may begin at any byte', () => {
  const values = Float32Array.of(1, 2, 3);
  for (let spaces = 0; spaces < 8; spaces++) {
    const header = '{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}'.padEnd(55 + spaces);
    const bytes = withHeader(header, 12);
    bytes.set(new Uint8Array(values.buffer), bytes.length - 12);
    const file = open(bytes);
    expect(file.readFloat32('w')).toEqual(values);
    file.close();
  }
});

test('tensors longer than one chunk, and any rows of them', () => {
  const rows = 700;
  const width = 600;
  const values = Float32Array.from({ length: rows * width }, (_, i) => (i % 2048) - 1024);
  const data: Record<string, TensorBytes> = {
    F16: { dtype: 'F16', shape: [rows, 20, 30], data: encodeFloat16(values) },
    F32: { dtype: 'F32', shape: [rows, width], data: values },
    F64: { dtype: 'F64', shape: [rows, width], data: Float64Array.from(values) },
  };
  const file = open(writeSafetensors(data));
  for (const name of file.names) {
    expect(sameBytes(file.readFloat32(name), values)).toBe(true);
    fc.assert(
      fc.property(fc.nat(rows), fc.nat(rows), (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const part = values.subarray(from * width, to * width);
        expect(sameBytes(file.readRows(name, from, to), part)).toBe(true);
      }),
      { numRuns: 20 },
    );
  }
  file.close();
});

test.each([
  [-1, 2],
  [2, 1],
  [0, 4],
  [0.5, 1],
  [0, Number.NaN],
])('refuses rows %d to %d of three', (from, to) => {
  const file = open(
    writeSafetensors({ w: { dtype: 'F32', shape: [3, 1], data: new Float32Array(3) } }),
  );
  expect(refusal(() => file.readRows('w', from, to)).code).toBe('LOUPE_BAD_FILE');
  file.close();
});

test('names the tensor that is missing, of another dtype, or asked for too late', () => {
  const file = open(
    writeSafetensors({
      ids: { dtype: 'I32', shape: [2], data: new Int32Array(2) },
      w: { dtype: 'F32', shape: [1], data: new Float32Array(1) },
    }),
  );
  expect(file.has('ids')).toBe(true);
  expect(file.has('toString')).toBe(false);
  expect(refusal(() => file.info('bias')).message).toContain('bias');
  expect(refusal(() => file.readFloat32('ids')).message).toContain('I32');
  file.close();
  file.close();
  expect(refusal(() => file.readFloat32('w')).message).toContain('closed');
});

test('reads the demo model', () => {
  const demo = fileURLToPath(
    new URL('../../../data/demo/model/model.safetensors', import.meta.url),
  );
  const file = SafetensorsFile.open(demo);
  expect(file.info('wte.weight')).toEqual({ dtype: 'F16', shape: [4096, 192] });
  const embedding = file.readFloat32('wte.weight');
  expect(embedding.every(Number.isFinite)).toBe(true);
  expect(sameBytes(file.readRows('wte.weight', 4095, 4096), embedding.slice(-192))).toBe(true);
  file.close();
});

const f32 = (shape: string, offsets: string, dtype = 'F32') =>
  `{"w":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}}`;

test.each([
  ['no header', new Uint8Array(0), 'cut short'],
  ['a header longer than the file', withHeader('{}').subarray(0, 9), 'cut short'],
  ['an absurd header length', new Uint8Array(9).fill(255), 'bytes long'],
  ['an empty header', withHeader(''), 'JSON'],
  ['broken JSON', withHeader('{"w":'), 'JSON'],
  ['broken UTF-8', withHeader(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)), 'UTF-8'],
  ['a list', withHeader('[]'), 'object'],
  ['null', withHeader('null'), 'object'],
  ['space before the object', withHeader(' {}'), 'object'],
  ['a byte order mark', withHeader('\ufeff{}'), 'JSON'],
  ['odd metadata', withHeader('{"__metadata__":{"a":1}}'), '__metadata__'],
  ['a tensor that is a number', withHeader('{"w":3}'), '"w"'],
  ['a tensor that is null', withHeader('{"w":null}'), '"w"'],
  ['an unknown dtype', withHeader(f32('[1]', '[0,4]', 'Q9'), 4), '"Q9"'],
  ['a dtype that every object has', withHeader(f32('[1]', '[0,4]', 'toString'), 4), 'dtype'],
  ['no shape', withHeader('{"w":{"dtype":"F32","data_offsets":[0,4]}}', 4), 'shape'],
  ['a negative length', withHeader(f32('[-1]', '[0,4]'), 4), 'shape'],
  ['a fractional length', withHeader(f32('[1.5]', '[0,6]'), 6), 'shape'],
  ['a length past exact integers', withHeader(f32('[9007199254740992]', '[0,4]'), 4), 'shape'],
  ['a product past them', withHeader(f32('[4294967296,4294967296]', '[0,0]')), 'impossible'],
  ['an infinite product', withHeader(f32(`[${'9e15,'.repeat(30)}0]`, '[0,0]')), 'impossible'],
  ['one offset', withHeader(f32('[1]', '[0]'), 4), 'data_offsets'],
  ['negative offsets', withHeader(f32('[1]', '[-4,0]'), 4), 'data_offsets'],
  ['offsets as text', withHeader(f32('[1]', '["0","4"]'), 4), 'data_offsets'],
  ['offsets turned round', withHeader(f32('[1]', '[4,0]'), 4), 'before it begins'],
  ['an end past the file', withHeader(f32('[2]', '[0,8]'), 4), 'cut short'],
  ['a size that the shape does not have', withHeader(f32('[2]', '[0,4]'), 4), 'takes 4 bytes'],
  ['half a byte', withHeader(f32('[1]', '[0,1]', 'F4'), 1), 'takes 1 bytes'],
  ['bytes before the first tensor', withHeader(f32('[1]', '[4,8]'), 8), 'unused'],
  ['bytes after the last tensor', withHeader(f32('[1]', '[0,4]'), 8), 'unused'],
  [
    'tensors on top of each other',
    withHeader(
      '{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
      4,
    ),
    'overlaps',
  ],
  [
    'a tensor twice',
    withHeader(
      '{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}',
      4,
    ),
    'twice',
  ],
  [
    'a shape twice',
    withHeader('{"w":{"dtype":"U8","shape":[2],"shape":[4],"data_offsets":[0,4]}}', 4),
    'twice',
  ],
])('refuses %s', (_, bytes, named) => {
  const error = refusal(() => open(bytes));
  expect(error.code).toBe('LOUPE_BAD_FILE');
  expect(error.message).toContain(path);
  expect(error.message).toContain(named);
});

test('tensor names may be anything', () => {
  const names = ['__proto__', 'constructor', '', 'wte weight', 'é "\\', '7'];
  const one = { dtype: 'F32', shape: [1], data: Float32Array.of(3) } as const;
  const file = open(writeSafetensors(Object.fromEntries(names.map((name) => [name, one]))));
  for (const name of names) expect([...file.readFloat32(name)]).toEqual([3]);
  expect(file.names).toHaveLength(names.length);
  file.close();
});

test('says which file cannot be opened', () => {
  const missing = join(folder, 'missing.safetensors');
  for (const each of [missing, folder]) {
    const error = refusal(() => SafetensorsFile.open(each));
    expect(error.code).toBe('LOUPE_BAD_FILE');
    expect(error.message).toContain(each);
  }
});
