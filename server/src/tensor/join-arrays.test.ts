import { expect, test } from 'vitest';
import { joinFloats, joinInts } from './join-arrays.ts';

test('joins in order, empty parts included', () => {
  expect(joinFloats(Float32Array.of(1, 2), Float32Array.of(), Float32Array.of(3))).toEqual(
    Float32Array.of(1, 2, 3),
  );
  expect(joinInts()).toEqual(Int32Array.of());
});

test('joins arrays longer than a call may have arguments', () => {
  const long = new Int32Array(300_000).fill(7);
  expect(joinInts(long, long)).toHaveLength(600_000);
});
