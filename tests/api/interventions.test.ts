import { AblationsResponse, InterventionResponse, LoupeError } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { FakeEngine, INTERVENTION } from './support/fake-engine.ts';
import { PROMPT, withApp } from './support/test-app.ts';

const LINES = 'application/x-ndjson';
const AT = { feature: '0-mlp-demo/3', position: 2 };

function post(path: string, payload: object, accept = 'application/json') {
  const url = `/api/v1/${path}`;
  return { method: 'POST', url, payload: { ...PROMPT, ...payload }, headers: { accept } } as const;
}

test('an intervention is answered with what the engine found', async () => {
  const engine = new FakeEngine();
  await withApp({ engine }, async (app) => {
    const changes = [{ feature: '0-mlp-demo/3', positions: [2], scale: 0 }];
    const answer = await app.inject(post('interventions', { changes }));
    expect(Value.Check(InterventionResponse, answer.json())).toBe(true);
    expect(answer.json()).toEqual(INTERVENTION);
    expect(engine.asked).toMatchObject([
      { kind: 'interventions', request: { ...PROMPT, changes } },
    ]);
  });
});

test('ablations as JSON, and as lines with their progress', async () => {
  await withApp({}, async (app) => {
    const json = await app.inject(post('ablations', { ablate: [AT] }));
    expect(Value.Check(AblationsResponse, json.json())).toBe(true);
    const stream = await app.inject(post('ablations', { ablate: [AT] }, LINES));
    expect(stream.headers['content-type']).toBe(LINES);
    const lines = stream.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { type: 'progress', done: 0, total: 1 },
      { type: 'progress', done: 1, total: 1 },
      { type: 'ablations', ablations: json.json() },
    ]);
  });
});

test('a failure midway has its own status as JSON, and a last line of its own otherwise', async () => {
  const engine = new FakeEngine({
    ablations: async function* () {
      yield { type: 'progress', done: 0, total: 1 } as const;
      throw new LoupeError('LOUPE_OUT_OF_MEMORY');
    },
  });
  await withApp({ engine }, async (app) => {
    const json = await app.inject(post('ablations', { ablate: [AT] }));
    expect([json.statusCode, json.json().code]).toEqual([503, 'LOUPE_OUT_OF_MEMORY']);
    const { body } = await app.inject(post('ablations', { ablate: [AT] }, LINES));
    const last = JSON.parse(body.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ type: 'error', error: { code: 'LOUPE_OUT_OF_MEMORY' } });
  });
});

test.each([
  ['interventions', {}],
  ['interventions', { changes: [] }],
  ['interventions', { changes: [{ feature: 3 }] }],
  ['interventions', { changes: [{ head: '1', scale: 0 }] }],
  ['interventions', { changes: [{ error: 'residual', layer: 0, scale: 0 }] }],
  ['interventions', { changes: [{ ...AT, scale: 0 }] }],
  ['interventions', { changes: [{ feature: AT.feature, scale: 1e9 }] }],
  ['interventions', { changes: [{ feature: AT.feature, scale: 0 }], runs: ['thawed'] }],
  ['ablations', { ablate: [] }],
  ['ablations', { ablate: [{ ...AT, position: -1 }] }],
] as const)('%s of %j is refused', async (path, wrong) => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post(path, wrong));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'LOUPE_BAD_REQUEST']);
  });
});

test('a weight is asked for by two feature ids', async () => {
  await withApp({}, async (app) => {
    const ends = { from: '0-mlp-demo/3', to: '0-att-demo/4' };
    const url = `/api/v1/circuits/demo/weight?${new URLSearchParams(ends)}`;
    const answer = await app.inject(url);
    expect(answer.json()).toEqual({ model: 'demo', ...ends, direct: -0.42, heads: [] });
    const missing = await app.inject('/api/v1/circuits/demo/weight?from=0-mlp-demo/3');
    expect([missing.statusCode, missing.json().code]).toEqual([400, 'LOUPE_BAD_REQUEST']);
  });
});
