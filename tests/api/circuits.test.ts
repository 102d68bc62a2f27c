import { CircuitGraph, LoupeError, readGraphJson } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { circuitEvents, FakeEngine, GRAPH } from './support/fake-engine.ts';
import { PROMPT, withApp } from './support/test-app.ts';

const LINES = 'application/x-ndjson';
const JSON_TYPE = 'application/json; charset=utf-8';

function post(accept?: string, payload: object = PROMPT) {
  const headers = accept === undefined ? {} : { accept };
  return { method: 'POST', url: '/api/v1/circuits', payload, headers } as const;
}

test('JSON is a graph of the schema, and reads back as what the engine gave', async () => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post());
    expect(answer.headers['content-type']).toBe(JSON_TYPE);
    expect(Value.Check(CircuitGraph, answer.json())).toBe(true);
    const { nodes, edges, quality } = readGraphJson(answer.json());
    expect({ nodes, edges, quality }).toEqual({
      nodes: GRAPH.nodes,
      edges: GRAPH.edges,
      quality: GRAPH.quality,
    });
  });
});

test('lines of JSON tell of progress and end with the graph', async () => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post(LINES));
    expect(answer.headers['content-type']).toBe(LINES);
    const lines = answer.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['progress', 'progress', 'graph']);
    expect(lines[1]).toEqual({ type: 'progress', phase: 'model', done: 1, total: 1 });
    expect(Value.Check(CircuitGraph, lines[2].graph)).toBe(true);
  });
});

test.each([
  [undefined, JSON_TYPE],
  ['*/*', JSON_TYPE],
  [`application/json, ${LINES}`, JSON_TYPE],
  [LINES, LINES],
  [`${LINES}, application/json;q=0.5`, LINES],
])('Accept: %s is answered with %s', async (accept, type) => {
  await withApp({}, async (app) => {
    const { headers } = await app.inject(post(accept));
    expect(headers['content-type']).toBe(type);
    expect(headers.vary).toContain('accept');
  });
});

const failing = () =>
  new FakeEngine({
    circuits: async function* () {
      yield { type: 'progress', phase: 'model', done: 0, total: 1 } as const;
      throw new LoupeError('LOUPE_GRAPH_TOO_LARGE');
    },
  });

test('a failure midway has its own status as JSON, and a last line of its own otherwise', async () => {
  await withApp({ engine: failing() }, async (app) => {
    const json = await app.inject(post());
    expect([json.statusCode, json.json().code]).toEqual([422, 'LOUPE_GRAPH_TOO_LARGE']);
    const lines = await app.inject(post(LINES));
    expect(lines.statusCode).toBe(200);
    const last = JSON.parse(lines.body.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ type: 'error', error: { code: 'LOUPE_GRAPH_TOO_LARGE' } });
  });
});

test('a graph that did not come whole is no graph', async () => {
  const engine = new FakeEngine({
    circuits: async function* () {
      for await (const event of circuitEvents()) if (event.type !== 'edges') yield event;
    },
  });
  await withApp({ engine }, async (app) => {
    expect((await app.inject(post())).json().code).toBe('LOUPE_INTERNAL');
  });
});

test.each([
  { mode: 'other' },
  { maxNodes: -1 },
  { target: { tokens: [] } },
  { target: { position: -1 } },
  { target: { token: ' Mary' } },
  { target: { tokens: [-1] } },
  { prune: { nodes: 2 } },
  { prune: { node: 0.5 } },
  { firstPosition: 'no' },
])('%j is refused', async (wrong) => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post(undefined, { ...PROMPT, ...wrong }));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'LOUPE_BAD_REQUEST']);
  });
});
