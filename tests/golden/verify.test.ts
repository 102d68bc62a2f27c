import { fileURLToPath } from 'node:url';
import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { DictionaryCache } from '../../server/src/jobs/dictionary-cache.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import type { Check } from '../../server/src/verify/acceptance-table.ts';
import { checkKinds } from '../../server/src/verify/checks/index.ts';
import { readCorpus } from '../../server/src/verify/read-corpus.ts';
import { readTable } from '../../server/src/verify/read-table.ts';
import { type CheckResult, runTable } from '../../server/src/verify/run-table.ts';
import { Subject } from '../../server/src/verify/subject.ts';
import { loadDemo } from './model.ts';

const { checks } = readTable('demo');
const DATA = fileURLToPath(new URL('../../data', import.meta.url));
const CORPUS = fileURLToPath(new URL('./verify-corpus.jsonl', import.meta.url));

let model: LoadedModel;
let subject: Subject;
beforeAll(async () => {
  model = await loadDemo();
  subject = new Subject(model, readCorpus(CORPUS, model.tokenizer, model.gpt2.config));
  // What is loaded on first use stays loaded.
  for (const source of model.sources) model.dictionary(source);
  run(checks.find(({ id }) => id === 'loss.story') as Check);
});

function run(check: Check, of = subject): CheckResult {
  for (const event of runTable({ checks: [check] }, of)) {
    if (event?.type === 'result') return event.result;
  }
  throw new Error('no result');
}

describe("the demo's table, computed in PyTorch", () => {
  test.each(checks)('$id passes and leaves no tensor behind', (check) => {
    const before = tf.memory().numTensors;
    const { status, reason, values } = run(check);
    const wrong = values.filter(({ passed }) => !passed);
    expect({ status, reason, wrong }).toEqual({ status: 'passed', reason: undefined, wrong: [] });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('has a check of each kind that measures something', () => {
    const used = new Set(checks.map(({ kind }) => kind));
    expect([...checkKinds.keys()].filter((kind) => !used.has(kind))).toEqual(['unavailable']);
  });
});

test('a check that is dropped halfway leaves no tensor behind', () => {
  const check = checks.find(({ id }) => id === 'attribution.feature') as Check;
  const before = tf.memory().numTensors;
  for (let steps = 1; steps < 25; steps++) {
    const running = runTable({ checks: [check] }, subject);
    for (let step = 0; step < steps; step++) running.next();
    running.return();
    expect(tf.memory().numTensors, `${steps} steps`).toBe(before);
  }
});

test('a value that is not what it should be fails its check', () => {
  const check = checks.find(({ id }) => id === 'loss.story') as Check;
  const [expected] = check.expect;
  if (!expected || !('value' in expected)) throw new Error('no value');
  const wrong = { ...check, expect: [{ ...expected, value: expected.value + 0.01 }] };
  expect(run(wrong)).toMatchObject({ status: 'failed', values: [{ of: 'loss', passed: false }] });
});

test.each([
  [
    'a token that is two',
    { prompts: [{ input: { prompt: 'Hi' }, plus: ' Mary John', minus: 'a' }] },
  ],
  [
    'a position outside the prompt',
    {
      prompts: [{ input: { prompt: 'Hi' }, plus: ' Mary', minus: ' John' }],
      interventions: [{ hook: 'blocks.0.attn.hook_z', scale: 0, positions: [99] }],
    },
  ],
  [
    'a hook that does not exist',
    {
      prompts: [{ input: { prompt: 'Hi' }, plus: ' Mary', minus: ' John' }],
      interventions: [{ hook: 'blocks.0.hook_nothing', scale: 0 }],
    },
  ],
])('%s fails its check with a reason, and the others go on', (_, parameters) => {
  const [other] = checks as [Check];
  const bad = { ...other, id: 'bad', kind: 'logit-difference', parameters };
  const results = [...runTable({ checks: [bad, other] }, subject)].flatMap((event) =>
    event?.type === 'result' ? [event.result] : [],
  );
  expect(results).toMatchObject([
    { status: 'failed', reason: expect.stringMatching(/^LOUPE_BAD_REQUEST/) },
    { status: 'passed' },
  ]);
});

test('what lacks a source or a text is not run, and says so', () => {
  const [first] = checks as [Check];
  const parameters = { input: { prompt: 'Hi' }, source: '0-att-kk' };
  const bare = new Subject(model, undefined);
  expect(run({ ...first, kind: 'identities', parameters }, bare)).toMatchObject({
    status: 'not run',
    reason: 'not installed: 0-att-kk',
  });
  expect(run({ ...first, kind: 'corpus-loss', parameters: {} }, bare)).toMatchObject({
    status: 'not run',
    reason: expect.stringContaining('--corpus'),
  });
});

test('the identities hold of a dictionary that is read without value biases', () => {
  const base = model.sources.find(({ id }) => id === '3-att-demo') as SourceInfo;
  const convention = 'value-bias-removed' as const;
  const variant = { ...base, id: '3-att-demo__folded', base: base.id, convention };
  const withVariant: LoadedModel = Object.create(model, { variants: { value: [variant] } });
  const check = checks.find(({ id }) => id === 'identities.last') as Check;
  const parameters = { input: { prompt: 'Once upon a time' }, source: variant.id };
  const { status, values } = run({ ...check, parameters }, new Subject(withVariant, undefined));
  expect({ status, values: values.length }).toEqual({ status: 'passed', values: 3 });
});

test('dictionaries may be paged out between any two uses', async () => {
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  const oneAtATime = new DictionaryCache(1);
  const paging = loadModel('demo', new ModelStore([DATA]), kernels, 0, oneAtATime);
  const some = checks.filter(({ id }) =>
    /^(loss|ioi.features|feature-effects|attribution)/.test(id),
  );
  for (const check of some) {
    const { status, reason } = run(check, new Subject(paging, undefined));
    expect({ status, reason }, check.id).toEqual({ status: 'passed', reason: undefined });
  }
  expect(paging.sources.filter(({ id }) => oneAtATime.has(`demo/${id}`))).toHaveLength(1);
  paging.dispose();
});
