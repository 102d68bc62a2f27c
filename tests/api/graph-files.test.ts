import { CircuitGraph, LoupeError } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { FakeEngine } from './support/fake-engine.ts';
import { withApp } from './support/test-app.ts';

function post(payload: Buffer | string, type = 'application/octet-stream') {
  const url = '/api/v1/circuits/open?name=mine.pt';
  return { method: 'POST', url, payload, headers: { 'content-type': type } } as const;
}

test('a file is handed to the engine by a path, and answered as a graph', async () => {
  const engine = new FakeEngine();
  await withApp({ engine }, async (app) => {
    const answer = await app.inject(post(Buffer.from('PK')));
    expect(answer.statusCode).toBe(200);
    expect(Value.Check(CircuitGraph, answer.json())).toBe(true);
    expect(engine.asked).toMatchObject([{ kind: 'savedGraph', request: { name: 'mine.pt' } }]);
  });
});

test('what the engine refuses is refused, and JSON is no file', async () => {
  const engine = new FakeEngine({
    // biome-ignore lint/correctness/useYield: it fails before there is anything to yield
    savedGraph: async function* () {
      throw new LoupeError('LOUPE_BAD_GRAPH');
    },
  });
  await withApp({ engine }, async (app) => {
    const refused = await app.inject(post(Buffer.from('PK')));
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'LOUPE_BAD_GRAPH']);
    const json = await app.inject(post('{}', 'application/json'));
    expect([json.statusCode, json.json().code]).toEqual([400, 'LOUPE_BAD_REQUEST']);
  });
});
