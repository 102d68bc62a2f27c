import type { AttentionScoreRequest, AttentionScoreResponse, GraphMode } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { disposeModel } from '../../server/src/bench/random-model.ts';
import { attentionScoreJob } from '../../server/src/jobs/attention-score.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import type { Kernels } from '../../server/src/tensor/kernels.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { drain, type GoldenAttention, golden, loadDemo } from './model.ts';
import { models, prompts } from './random-circuits.ts';
import { randomSmallModel } from './random-small-model.ts';

function explain(
  model: LoadedModel,
  request: Omit<AttentionScoreRequest, 'model'>,
): AttentionScoreResponse {
  const [answer] = drain(attentionScoreJob({ model: model.id, ...request }, () => model));
  return answer as AttentionScoreResponse;
}

const sum = (parts: readonly { contribution: number }[]) =>
  parts.reduce((total, { contribution }) => total + contribution, 0);

describe('random models', () => {
  let kernels: Kernels;
  beforeAll(async () => {
    ({ kernels } = await startBackend(process.env.LOUPE_BACKEND));
  });

  test('parts add up to scores, and scores make the attention pattern', () => {
    const modes = fc.constantFrom<GraphMode>('features', 'frozen');
    fc.assert(
      fc.property(models, prompts, modes, fc.nat(2), (spec, tokens, mode, layer) => {
        const model = randomSmallModel(spec, kernels);
        const head = (spec.heads[layer] as number) - 1;
        const request = { tokens, prependBos: false, mode, layer, head, top: 1000 };
        const looks = tokens.map((_, key) => explain(model, { ...request, key }));
        const largest = Math.max(...looks.map(({ score }) => score));
        const all = looks.reduce((total, { score }) => total + Math.exp(score - largest), 0);
        for (const { score, attention, pairs, queries, keys } of looks) {
          const size = pairs.reduce((total, { contribution }) => total + Math.abs(contribution), 0);
          const floor = 1e-5 * size + 1e-6;
          // Only up to 1,000 pairs are listed.
          if (pairs.length < 1000) expect(Math.abs(sum(pairs) - score)).toBeLessThan(floor);
          expect(Math.abs(sum(queries) - score)).toBeLessThan(floor);
          expect(Math.abs(sum(keys) - score)).toBeLessThan(floor);
          expect(Math.abs(Math.exp(score - largest) / all - attention)).toBeLessThan(1e-4);
        }
        disposeModel(model);
      }),
      { numRuns: 30 },
    );
  });

  test('told from another position, they add up to how much more it gets', () => {
    fc.assert(
      fc.property(models, prompts, fc.nat(2), (spec, tokens, layer) => {
        const [, ...rest] = tokens;
        if (rest.length === 0) return;
        const model = randomSmallModel(spec, kernels);
        const request = { tokens, prependBos: false, layer, head: 0, top: 1000 };
        const other = explain(model, { ...request, key: 0 });
        const look = explain(model, { ...request, key: rest.length, versus: 0 });
        const expected = Math.log(look.attention / other.attention);
        expect(Math.abs(look.score - expected)).toBeLessThan(1e-3 * Math.abs(expected) + 1e-4);
        expect(Math.abs(sum(look.keys) - look.score)).toBeLessThan(1e-3);
        disposeModel(model);
      }),
      { numRuns: 30 },
    );
  });

  test('nothing is left behind, cancelled or not', () => {
    fc.assert(
      fc.property(models, prompts, fc.nat(2), fc.nat(30), (spec, tokens, layer, steps) => {
        const model = randomSmallModel(spec, kernels);
        const request = { model: 'small', tokens, layer, head: 0, key: 0 };
        const before = tf.memory().numTensors;
        drain(attentionScoreJob(request, () => model));
        expect(tf.memory().numTensors).toBe(before);
        const job = attentionScoreJob(request, () => model);
        for (let step = 0; step < steps; step++) job.next();
        job.return();
        expect(tf.memory().numTensors).toBe(before);
        disposeModel(model);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the demo', () => {
  const expected = golden<GoldenAttention>('ioi.attention.json');
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadDemo();
  });
  const prompt = 'When Mary and John went to the store, John gave a drink to';

  test('attention is that of PyTorch, and so are differences of scores', () => {
    const query = expected.ids.length - 1;
    const { layer } = expected;
    for (const [head, rows] of expected.attention_pattern.entries()) {
      const row = rows[query] as number[];
      const look = explain(model, { prompt, layer, head, key: 2, versus: 4 });
      expect(Math.abs(look.attention - (row[2] as number))).toBeLessThan(1e-4);
      const ratio = Math.log((row[2] as number) / (row[4] as number));
      // Six digits of patterns are given.
      if (Math.min(row[2] as number, row[4] as number) > 1e-3) {
        expect(Math.abs(look.score - ratio)).toBeLessThan(1e-2);
      }
    }
  });

  test('every node named is described', () => {
    const look = explain(model, { prompt, layer: 2, head: 1, key: 4 });
    const ids = new Set(look.nodes.map(({ id }) => id));
    const named = [
      ...look.pairs.flatMap(({ query, key }) => [query, key]),
      ...[...look.queries, ...look.keys].map(({ node }) => node),
    ];
    expect(new Set(named)).toEqual(ids);
    expect(look.pairs.length).toBe(50);
  });

  test.each([
    [{ layer: 4, head: 0, key: 0 }, 'layers 0 to 3'],
    [{ layer: 0, head: 8, key: 0 }, 'heads 0 to 7'],
    [{ layer: 0, head: 0, key: 15 }, 'no position 15'],
    [{ layer: 0, head: 0, key: 3, query: 2 }, 'cannot look ahead'],
    [{ layer: 0, head: 0, key: 3, versus: 3 }, 'same position'],
  ])('%j is refused', (wrong, message) => {
    expect(() => explain(model, { prompt, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'LOUPE_BAD_REQUEST',
        message: expect.stringContaining(message),
      }),
    );
  });
});
