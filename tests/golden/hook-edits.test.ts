import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { BLOCK_HOOKS, type HookEdits, hookName } from '../../server/src/model/hooks.ts';
import { loadDemo } from './model.ts';

const LAYER = 1;
const NAMES = BLOCK_HOOKS.map((hook) => hookName(LAYER, hook));

let model: LoadedModel;
let tokens: Int32Array;
beforeAll(async () => {
  model = await loadDemo();
  tokens = Int32Array.from(model.tokenizer.withBos(model.tokenizer.encode('Once upon a time')));
});

/** Values at all hooks of the layer and at the end, with edits and without. */
function run(edits?: HookEdits): ActivationCache {
  const cache = new ActivationCache(tokens);
  const kept = keptHooks(model.gpt2, NAMES);
  for (const _ of runLayers(model.gpt2, cache, kept, undefined, edits));
  return cache;
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => {
    // Scores that are masked are −∞ in both, and differ by nothing.
    const differences = tf.where(tf.equal(a, b), tf.zerosLike(a), tf.abs(tf.sub(a, b)));
    return tf.max(differences).dataSync()[0] as number;
  });
}

describe.each(BLOCK_HOOKS)('an edit at %s', (hook) => {
  const name = hookName(LAYER, hook);

  test('is what the cache keeps and what the rest of the model sees', () => {
    const plain = run();
    const edited = run(new Map([[name, (value) => tf.mul(value, 1.5)]]));
    const expected = tf.tidy(() => tf.mul(plain.hook(name), 1.5));
    expect(largestDifference(edited.hook(name), expected)).toBe(0);
    expect(largestDifference(edited.finalResidual, plain.finalResidual)).toBeGreaterThan(0.01);
    for (const before of NAMES.slice(0, NAMES.indexOf(name))) {
      expect(largestDifference(edited.hook(before), plain.hook(before)), before).toBe(0);
    }
  });

  test('that gives back what it got changes nothing', () => {
    const plain = run();
    const same = run(new Map([[name, (value) => value]]));
    expect(largestDifference(same.finalResidual, plain.finalResidual)).toBe(0);
  });

  test('may give a tensor that lives on, and nothing leaks', () => {
    const plain = run();
    const own = tf.clone(plain.hook(name));
    const before = tf.memory().numTensors;
    const cache = run(new Map([[name, () => own]]));
    cache.release();
    expect(tf.memory().numTensors).toBe(before);
    expect(own.isDisposed).toBe(false);
  });
});

test('an edit reads hooks of its block that come before, and no other', () => {
  const plain = run();
  let read: Float32Array | undefined;
  run(
    new Map([
      [
        hookName(LAYER, 'hook_mlp_out'),
        (value, earlier) => {
          read = earlier('ln2.hook_normalized').dataSync<'float32'>();
          expect(() => earlier('hook_resid_post')).toThrow(/later/);
          return value;
        },
      ],
    ]),
  );
  expect(read).toEqual(plain.hook(hookName(LAYER, 'ln2.hook_normalized')).dataSync());
});
