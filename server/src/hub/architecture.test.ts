import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readArchitecture } from './architecture.ts';

const checkpoint = (name: string) =>
  fileURLToPath(new URL(`../../../tests/golden/checkpoints/${name}`, import.meta.url));

test('layers that have lost heads are listed, and their parameters not counted', () => {
  const { parameters, ...sizes } = readArchitecture(checkpoint('pruned-heads'));
  expect(sizes).toEqual({
    layers: 2,
    heads: 4,
    headsPerLayer: [2, 3],
    dModel: 16,
    dHead: 4,
    dMlp: 64,
    context: 16,
    vocabulary: 257,
  });
  // What PyTorch counts in the file.
  expect(parameters).toBe(10_156);
});

test('layers with narrower MLPs are listed too', () => {
  const { dMlpPerLayer, headsPerLayer, parameters } = readArchitecture(
    checkpoint('narrow-mlps-sharded'),
  );
  expect(dMlpPerLayer).toEqual([40, 7]);
  expect(headsPerLayer).toBeUndefined();
  expect(parameters).toBe(8_287);
});

test('a plain checkpoint has no such lists', () => {
  expect(readArchitecture(checkpoint('f32-prefixed'))).not.toHaveProperty('headsPerLayer');
  expect(readArchitecture(checkpoint('bf16-narrow-mlp'))).toMatchObject({ dMlp: 24 });
  expect(readArchitecture(checkpoint('bf16-narrow-mlp'))).not.toHaveProperty('dMlpPerLayer');
});
