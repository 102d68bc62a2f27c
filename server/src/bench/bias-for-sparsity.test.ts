import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../tensor/start-backend.ts';
import { biasForSparsity } from './bias-for-sparsity.ts';
import { randomValues } from './random-values.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

test('leaves the wanted number of features above zero on an average position', () => {
  const [positions, inputs, width] = [20, 16, 100];
  const sample = tf.tensor2d(randomValues('sample', positions * inputs, 1), [positions, inputs]);
  const encoder = randomValues('encoder', inputs * width, 1);
  const bias = biasForSparsity(sample, encoder, width, 7);
  const product = tf.matMul(sample, tf.tensor2d(encoder, [inputs, width])).dataSync();
  expect(product.filter((value) => value + bias > 0)).toHaveLength(positions * 7);
});
