import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DTYPE_BITS, isFloatDtype } from '../../server/src/weights/dtypes.ts';
import { SafetensorsFile } from '../../server/src/weights/safetensors.ts';
import { writeSafetensors } from '../../server/src/weights/write-safetensors.ts';
import { hostileValue, mutated, outcome } from './files-mutations.ts';

fc.configureGlobal({ seed: 20 });

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-faults-'));
  path = join(folder, 'weights.safetensors');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOUND = writeSafetensors(
  {
    W_enc: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    'b_enc é': { dtype: 'F16', shape: [3], data: new Uint16Array(3) },
    W_dec: { dtype: 'BF16', shape: [3, 2], data: new Uint16Array(6) },
    steps: { dtype: 'I64', shape: [], data: new BigInt64Array(1) },
    none: { dtype: 'F64', shape: [0, 2], data: new Float64Array(0) },
  },
  { format: 'pt' },
);
const HEADER_END = 8 + Number(new DataView(SOUND.buffer).getBigUint64(0, true));

/** Opens a file with these bytes and reads all that can be read of it. */
function readAll(bytes: Uint8Array): string {
  writeFileSync(path, bytes);
  return outcome(() => {
    const file = SafetensorsFile.open(path);
    try {
      for (const name of file.names) {
        const { dtype, shape } = file.info(name);
        if (!isFloatDtype(dtype)) continue;
        const elements = shape.reduce((product, length) => product * length, 1);
        expect(file.readFloat32(name)).toHaveLength(elements);
        if (shape.length > 0) file.readRows(name, 0, shape[0] as number);
      }
    } finally {
      file.close();
    }
  });
}

/** A file with this header, and zeros in its data. */
function withHeader(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

test('the sound file reads', () => {
  expect(readAll(SOUND)).toBe('fine');
});

test('cut at any length, it is refused', () => {
  for (let length = 0; length < SOUND.length; length++) {
    expect(readAll(SOUND.subarray(0, length)), `cut at ${length}`).toBe('LOUPE_BAD_FILE');
  }
});

test('continued by any bytes, it is refused', () => {
  for (const extra of [1, 2, 8, 1000]) {
    const longer = new Uint8Array(SOUND.length + extra);
    longer.set(SOUND);
    expect(readAll(longer)).toBe('LOUPE_BAD_FILE');
  }
});

test('with any other header length, it is refused', () => {
  const near = Array.from({ length: SOUND.length + 16 }, (_, n) => BigInt(n));
  const far = [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
  const exact = BigInt(HEADER_END - 8);
  for (const length of [...near, ...far, exact + 2n ** 32n]) {
    if (length === exact) continue;
    const lying = SOUND.slice();
    new DataView(lying.buffer).setBigUint64(0, length, true);
    expect(readAll(lying), `header length ${length}`).toBe('LOUPE_BAD_FILE');
  }
});

test('any edit of the header ends in a refusal or a sound read', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(mutated(SOUND, HEADER_END), (bytes) => {
      // So that what is edited is what is read, not just the length before it.
      if (bytes.length >= 8) {
        const length = bytes.length - (SOUND.length - HEADER_END) - 8;
        if (length >= 0) new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
      }
      const result = readAll(bytes);
      seen.set(result, (seen.get(result) ?? 0) + 1);
    }),
    { numRuns: 4000 },
  );
  expect([...seen.keys()].sort()).toEqual(['LOUPE_BAD_FILE', 'fine']);
});

test('any edit of the whole file does', () => {
  fc.assert(
    fc.property(mutated(SOUND), (bytes) => {
      expect(['LOUPE_BAD_FILE', 'fine']).toContain(readAll(bytes));
    }),
    { numRuns: 3000 },
  );
});

test('any bytes do', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isHeader) => {
      const file = isHeader
        ? Uint8Array.from([bytes.length, 0, 0, 0, 0, 0, 0, 0, ...bytes])
        : bytes;
      expect(readAll(file)).toBe('LOUPE_BAD_FILE');
    }),
    { numRuns: 2000 },
  );
});

test('any description of tensors does', () => {
  const number = fc.oneof(
    fc.nat(16),
    fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e308),
  );
  const tensor = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom(...Object.keys(DTYPE_BITS)), hostileValue),
      shape: fc.oneof(fc.array(number, { maxLength: 4 }), hostileValue),
      data_offsets: fc.oneof(fc.tuple(number, number), fc.array(number), hostileValue),
    },
    { requiredKeys: [] },
  );
  const header = fc.dictionary(
    fc.oneof(fc.constantFrom('w', '__metadata__', '__proto__', 'constructor'), fc.string()),
    fc.oneof({ weight: 5, arbitrary: tensor }, { weight: 1, arbitrary: hostileValue }),
    { maxKeys: 4 },
  );
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(header, fc.nat(16), (described, dataBytes) => {
      const result = readAll(withHeader(JSON.stringify(described), dataBytes));
      seen.set(result, (seen.get(result) ?? 0) + 1);
    }),
    { numRuns: 4000 },
  );
  expect([...seen.keys()].sort()).toEqual(['LOUPE_BAD_FILE', 'fine']);
});

test('a header nested without end is refused', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ]) {
    const depth = 200_000;
    const nested = `{"w":${open?.repeat(depth)}1${close?.repeat(depth)}}`;
    expect(readAll(withHeader(nested, 0))).toBe('LOUPE_BAD_FILE');
    expect(readAll(withHeader(`{"w":${open?.repeat(depth)}`, 0))).toBe('LOUPE_BAD_FILE');
  }
});

test('a tensor larger than memory is refused without reading it', () => {
  const elements = 2 ** 31;
  const header = `{"w":{"dtype":"F16","shape":[${elements}],"data_offsets":[0,${elements * 2}]}}`;
  writeFileSync(path, withHeader(header, 0));
  // Extending leaves a hole: the file takes no room on the disk.
  truncateSync(path, 8 + header.length + elements * 2);
  const file = SafetensorsFile.open(path);
  expect(outcome(() => file.readFloat32('w'))).toBe('LOUPE_OUT_OF_MEMORY');
  expect([...file.readRows('w', elements - 2, elements)]).toEqual([0, 0]);
  file.close();
  rmSync(path);
});

test('a file that shrinks while it is open is refused', () => {
  writeFileSync(path, SOUND);
  const file = SafetensorsFile.open(path);
  truncateSync(path, HEADER_END + 5);
  expect(outcome(() => file.readFloat32('W_enc'))).toBe('LOUPE_BAD_FILE');
  expect(outcome(() => file.readFloat32('W_dec'))).toBe('LOUPE_BAD_FILE');
  file.close();
});
