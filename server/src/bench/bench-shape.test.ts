import { expect, test } from 'vitest';
import { type BenchShape, encodeFlops, forwardFlops, weightBytes } from './bench-shape.ts';

const gpt2Small: BenchShape = {
  layers: 12,
  heads: 12,
  dModel: 768,
  dMlp: 3072,
  context: 1024,
  vocabulary: 50257,
  sources: [],
};

const source = {
  layer: 0,
  hook: 'blocks.0.attn.hook_z',
  outputHook: 'blocks.0.attn.hook_z',
  dIn: 768,
  dOut: 768,
  width: 24576,
};

test("counts GPT-2 small's 124,439,808 parameters", () => {
  expect(weightBytes(gpt2Small)).toBe(4 * 124_439_808);
});

test('counts both matrices and both biases of a dictionary', () => {
  const more = weightBytes({ ...gpt2Small, sources: [source] }) - weightBytes(gpt2Small);
  expect(more).toBe(4 * (2 * 768 * 24576 + 24576 + 768));
});

test('counts two operations for each weight of a matrix and token', () => {
  const blocks = 12 * (4 * 768 * 768 + 2 * 768 * 3072);
  const attention = 12 * 2 * 768;
  expect(forwardFlops(gpt2Small, 1)).toBe(2 * (blocks + attention + 50257 * 768));
  expect(encodeFlops({ ...gpt2Small, sources: [source, source] }, 64)).toBe(
    2 * 2 * 64 * 768 * 24576,
  );
});
