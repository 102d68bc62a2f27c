import { beforeAll, expect, test } from 'vitest';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { logitLensJob } from '../../server/src/jobs/logit-lens.ts';
import { drain, type GoldenLogits, golden, LOOSENESS, loadDemo } from './model.ts';

// The golden values have six digits, and sums of a few hundred float32 terms differ in their last ones.
const TOLERANCE = 1e-3 * LOOSENESS;

let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});

test.each(['ioi', 'repeat', 'single', 'story', 'unicode', 'years'])(
  '%s: tokens, most probable next tokens and surprisals are those of PyTorch',
  (name) => {
    const expected = golden<GoldenLogits>(`${name}.logits.json`);
    const events = drain(activationsJob({ model: 'demo', prompt: expected.prompt }, () => model));
    const [start] = events;
    const end = events.at(-1);
    if (start?.type !== 'start' || end?.type !== 'end') throw new Error('incomplete answer');

    expect(start.tokens.map(({ id }) => id)).toEqual(expected.ids);
    // Where little precision is asked for, tokens of nearly the same logit may change places.
    if (LOOSENESS === 1) {
      expect(end.outcome.next.map(({ id }) => id)).toEqual(
        expected.top20.slice(0, 10).map(({ id }) => id),
      );
    }
    end.outcome.next.forEach(({ id, logit, probability }) => {
      const { logit: trueLogit, logprob } = byId(expected.top20, id);
      expect(Math.abs(logit - trueLogit)).toBeLessThan(TOLERANCE);
      expect(Math.abs(Math.log(probability) - logprob)).toBeLessThan(TOLERANCE);
    });
    expect(end.outcome.surprisal[0]).toBeNull();
    expected.surprisal_nats.forEach((nats, position) => {
      if (nats === null) return;
      expect(Math.abs((end.outcome.surprisal[position] as number) - nats)).toBeLessThan(TOLERANCE);
    });
  },
);

test('the logit lens after the last layer is the prediction of the model', () => {
  const expected = golden<GoldenLogits>('ioi.logits.json');
  const [lens] = drain(
    logitLensJob({ model: 'demo', prompt: expected.prompt, topK: 20 }, () => model),
  );
  const last = lens?.layers.at(-1);
  if (LOOSENESS === 1) {
    expect(last?.ids.at(-1)).toEqual(expected.top20.map(({ id }) => id));
  }
  // The last of them may be others if little precision is asked for.
  last?.logits
    .at(-1)
    ?.slice(0, 10)
    .forEach((logit, rank) => {
      const { logit: trueLogit } = byId(expected.top20, last.ids.at(-1)?.[rank]);
      expect(Math.abs(logit - trueLogit)).toBeLessThan(TOLERANCE);
    });
});

function byId(top: GoldenLogits['top20'], id: number | undefined): GoldenLogits['top20'][number] {
  const found = top.find((token) => token.id === id);
  if (!found) throw new Error(`token ${id} is not among the most probable`);
  return found;
}

test('an empty prompt runs on BOS alone', () => {
  const [start] = drain(activationsJob({ model: 'demo', prompt: '' }, () => model));
  expect(start).toMatchObject({ tokens: [{ position: 0, id: 4095, special: true }] });
});
