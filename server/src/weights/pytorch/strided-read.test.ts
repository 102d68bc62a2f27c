import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileBytes } from '../file-bytes.ts';
import { isContiguous, isReadable, readStrided } from './strided-read.ts';

// The same examples every time: a failure then says something about the code.
fc.configureGlobal({ seed: 20 });

/** More than three blocks are read at a time from it. */
const LENGTH = 3_300_000;
/** So that positions in the file are not those in the storage. */
const BEGIN = 12;

let folder: string;
let file: FileBytes;
const stored = Float32Array.from({ length: LENGTH }, (_, i) => i);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-strided-'));
  const path = join(folder, 'storage');
  writeFileSync(path, Buffer.concat([Buffer.alloc(BEGIN), Buffer.from(stored.buffer)]));
  file = FileBytes.open(path);
});
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true, force: true });
});

function read(offset: number, shape: readonly number[], strides: readonly number[]): Float32Array {
  const out = new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(-1);
  readStrided(file, 'F32', BEGIN + 4 * offset, shape, strides, out);
  return out;
}

/** The indices of the elements in the storage, which are their values too, by the definition. */
function indices(offset: number, shape: readonly number[], strides: readonly number[]): number[] {
  return shape.reduce(
    (before, length, axis) =>
      before.flatMap((index) =>
        Array.from({ length }, (_, i) => index + i * (strides[axis] as number)),
      ),
    [offset],
  );
}

test('any small view is what its strides say', () => {
  const axis = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(300));
  fc.assert(
    fc.property(fc.nat(100), fc.array(axis, { maxLength: 5 }), (offset, axes) => {
      const shape = axes.map(([length]) => length);
      const strides = axes.map(([, stride]) => stride);
      expect([...read(offset, shape, strides)]).toEqual(indices(offset, shape, strides));
    }),
    { numRuns: 500 },
  );
});

test.each<[string, number, number[], number[]]>([
  ['a transposed matrix', 5, [1300, 2500], [1, 1300]],
  ['columns of a matrix', 7, [1000, 3], [3200, 1]],
  ['columns of a matrix, transposed', 7, [3, 1000], [1, 3200]],
  ['every second element', 0, [1_600_000], [2]],
  ['three far elements', 0, [3], [1_500_000]],
  ['far pairs, each repeated', 9, [2, 3, 2], [1_600_000, 0, 800_000]],
  ['the axes of a cube, turned', 0, [140, 150, 150], [1, 140, 21_000]],
  ['a block more by one than is read together', 0, [2, 524_289], [524_289, 1]],
  ['rows as long as is read together', 0, [3, 1_048_576], [1_050_000, 1]],
  ['rows longer than is read together', 0, [3, 1_048_577], [1_050_000, 1]],
])('%s is read block by block', (_, offset, shape, strides) => {
  const values = read(offset, shape, strides);
  const expected = indices(offset, shape, strides);
  expect(values).toHaveLength(expected.length);
  expect(expected.findIndex((value, i) => values[i] !== value)).toBe(-1);
});

test('a view is contiguous if nothing lies between its elements, whatever the steps of single places', () => {
  expect(isContiguous([2, 3], [3, 1])).toBe(true);
  expect(isContiguous([2, 1, 3], [3, 77, 1])).toBe(true);
  expect(isContiguous([], [])).toBe(true);
  expect(isContiguous([2, 3], [1, 2])).toBe(false);
  expect(isContiguous([2, 3], [4, 1])).toBe(false);
  expect(isContiguous([2], [0])).toBe(false);
});

test('views that overlap are readable while they are small, ones that repeat always', () => {
  expect(isReadable([4, 3], [1, 1])).toBe(true);
  expect(isReadable([1_000_000, 3], [1, 1])).toBe(true);
  expect(isReadable([1_100_000, 3], [1, 1])).toBe(false);
  expect(isReadable([1_100_000, 1_100_000], [1, 0])).toBe(true);
  expect(isReadable([768, 24_576], [1, 768])).toBe(true);
  expect(isReadable([769, 24_576], [1, 768])).toBe(false);
});
