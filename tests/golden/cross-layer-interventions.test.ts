import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { disposeModel } from '../../server/src/bench/random-model.ts';
import { outputHooks } from '../../server/src/dictionaries/cross-layer.ts';
import { interventionsJob } from '../../server/src/jobs/interventions.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import type { HookEdit } from '../../server/src/model/hooks.ts';
import type { Kernels } from '../../server/src/tensor/kernels.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { drain } from './model.ts';
import { type RandomDictionary, randomSmallModel } from './random-small-model.ts';

const TOKENS = [3, 17, 42, 8, 25];
const POSITION = 2;
const transcoder: RandomDictionary = {
  hook: 'hook_resid_mid',
  convention: 'raw',
  normalization: { kind: 'none' },
  activationFunction: { kind: 'relu' },
};

let kernels: Kernels;
let model: LoadedModel;
beforeAll(async () => {
  ({ kernels } = await startBackend(process.env.LOUPE_BACKEND));
  const none = [undefined, undefined, undefined];
  model = randomSmallModel(
    {
      seed: 'clt',
      heads: [3, 3, 3],
      attention: none,
      mlp: [transcoder, transcoder, transcoder],
      crossLayer: true,
    },
    kernels,
  );
  return () => disposeModel(model);
});

/** Logits after the last token, with rows added at hooks at one position. */
function logitsWith(added: ReadonlyMap<string, Float32Array>): Float32Array {
  const { gpt2 } = model;
  const cache = new ActivationCache(Int32Array.from(TOKENS));
  const edits = new Map(
    Array.from(added, ([hook, row]): [string, HookEdit] => [
      hook,
      (value) => {
        const [rows, width] = value.shape as [number, number];
        const all = new Float32Array(rows * width);
        all.set(row, POSITION * width);
        return tf.add(value, tf.tensor2d(all, [rows, width]));
      },
    ]),
  );
  const kept = keptHooks(gpt2, ['blocks.0.hook_resid_mid']);
  for (const _ of runLayers(gpt2, cache, kept, undefined, edits));
  const last = tf.tidy(() => {
    const residual = cache.finalResidual;
    return gpt2.logits(tf.slice2d(residual, [TOKENS.length - 1, 0], [1, residual.shape[1]]));
  });
  const values = last.dataSync<'float32'>();
  last.dispose();
  cache.release();
  return values;
}

test('a feature of a cross-layer transcoder is taken out of every layer that it writes to', () => {
  const [source] = model.sources;
  if (!source) throw new Error('no source');
  const dictionary = model.dictionary(source);
  const plain = new ActivationCache(Int32Array.from(TOKENS));
  for (const _ of runLayers(model.gpt2, plain, keptHooks(model.gpt2, [source.hook]), undefined));
  const { offsets, columns, values } = dictionary.activations(plain.hook(source.hook));
  plain.release();
  const entry = offsets[POSITION] as number;
  expect(offsets[POSITION + 1]).toBeGreaterThan(entry);
  const [index, activation] = [columns[entry] as number, values[entry] as number];
  const added = new Map(
    outputHooks(source).map((hook) => {
      const row = dictionary.decoderRows(Int32Array.of(index), hook);
      const written = row.dataSync<'float32'>().map((value) => -activation * value);
      row.dispose();
      return [hook, written];
    }),
  );
  expect(added.size).toBe(3);
  const expected = logitsWith(added);
  const changes = [{ feature: `${source.id}/${index}`, positions: [POSITION], scale: 0 }];
  const request = { model: 'small', tokens: TOKENS, prependBos: false, changes };
  const [answer] = drain(interventionsJob({ ...request, runs: ['free'] }, () => model));
  const tokens = answer?.runs[0]?.tokens ?? [];
  expect(tokens.length).toBeGreaterThan(10);
  for (const { id, logit } of tokens) {
    expect(Math.abs(logit[1] - (expected[id] as number))).toBeLessThan(1e-4);
  }
  expect(() => interventionsJob(request, () => model).next()).toThrow(/"runs": \["free"\]/);
});
