import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { logitLensJob } from '../../server/src/jobs/logit-lens.ts';
import { drain, loadDemo } from './model.ts';

// Products of other shapes add up in another order; activations of this model reach about 60.
const TOLERANCE = 2e-3;

let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});

const tokens = fc.array(fc.integer({ min: 0, max: 4095 }), { minLength: 1, maxLength: 24 });

/** Activations by `source/position/feature`, surprisals and next tokens of a prompt. */
function run(ids: number[]): { active: Map<string, number>; numbers: number[] } {
  const active = new Map<string, number>();
  let numbers: number[] = [];
  for (const event of drain(activationsJob({ model: 'demo', tokens: ids, topK: 0 }, () => model))) {
    if (event.type === 'source') {
      event.feature.forEach((feature, row) => {
        const key = `${event.source}/${event.position[row]}/${feature}`;
        active.set(key, event.activation[row] as number);
      });
    } else if (event.type === 'end') {
      const { surprisal, next } = event.outcome;
      numbers = [...surprisal.slice(1).map(Number), ...next.map(({ logit }) => logit)];
    }
  }
  return { active, numbers };
}

function expectSame(a: ReturnType<typeof run>, b: ReturnType<typeof run>): void {
  for (const key of new Set([...a.active.keys(), ...b.active.keys()])) {
    const difference = Math.abs((a.active.get(key) ?? 0) - (b.active.get(key) ?? 0));
    expect(difference, key).toBeLessThan(TOLERANCE);
  }
  a.numbers.forEach((value, i) => {
    expect(Math.abs(value - (b.numbers[i] as number))).toBeLessThan(TOLERANCE);
  });
}

test('a prompt continued, cut or edited through the prefix cache is the prompt run afresh', () => {
  fc.assert(
    fc.property(tokens, tokens, fc.nat(), (first, tail, at) => {
      const edited = [...first.slice(0, at % (first.length + 1)), ...tail];
      model.prefixCache.clear();
      run(first);
      const continued = run(edited);
      model.prefixCache.clear();
      expectSame(continued, run(edited));
    }),
    { numRuns: 12, seed: 1 },
  );
});

test('the encoding of a prefix is the prefix of the encoding', () => {
  fc.assert(
    fc.property(tokens, fc.nat(), (ids, at) => {
      const length = 1 + (at % ids.length);
      model.prefixCache.clear();
      const whole = run(ids);
      model.prefixCache.clear();
      const prefix = run(ids.slice(0, length));
      // BOS stands before the tokens, so the positions of the prefix are 0 to `length`.
      const cut = [...whole.active].filter(([key]) => Number(key.split('/')[1]) <= length);
      expectSame(
        { active: new Map(cut), numbers: whole.numbers.slice(0, length) },
        { active: prefix.active, numbers: prefix.numbers },
      );
    }),
    { numRuns: 8, seed: 2 },
  );
});

test('no tensor is left behind, whether jobs end or are dropped half-way', () => {
  const prompt = 'When Mary and John went to the store, John gave a drink to';
  const whole = () => drain(activationsJob({ model: 'demo', prompt }, () => model));
  whole();
  model.prefixCache.clear();
  const before = tf.memory().numTensors;
  whole();
  drain(logitLensJob({ model: 'demo', prompt: `${prompt} Mary` }, () => model));
  for (let steps = 1; steps < 12; steps++) {
    const job = activationsJob({ model: 'demo', prompt: `${prompt} a ${steps}` }, () => model);
    for (let i = 0; i < steps; i++) job.next();
    job.return();
  }
  model.prefixCache.clear();
  expect(tf.memory().numTensors).toBe(before);
});

test('the cache keeps within its bound', async () => {
  const small = await loadDemo(1e6);
  for (let i = 0; i < 6; i++) {
    drain(activationsJob({ model: 'demo', tokens: [i, i + 1, i + 2, i + 3] }, () => small));
  }
  expect(small.prefixCache.bytes).toBeLessThanOrEqual(1e6);
});
