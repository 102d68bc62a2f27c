import { ARROW_METADATA, type ErrorCode, LoupeError } from '@loupe/shared';
import { RecordBatchReader } from 'apache-arrow';
import { expect, test } from 'vitest';
import { FakeEngine, hookEvents } from './support/fake-engine.ts';
import { readArrow } from './support/read-arrow.ts';
import { ARROW, PROMPT, withApp } from './support/test-app.ts';

const HOOKS = ['blocks.0.attn.hook_pattern', 'blocks.0.mlp.hook_post'];

function post(payload: object = { ...PROMPT, hooks: HOOKS }) {
  return { method: 'POST', url: '/api/v1/hooks', payload } as const;
}

test('one batch a hook, with its name and shape, and a last one that says it is complete', async () => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post());
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, ARROW]);
    const batches = [...RecordBatchReader.from(answer.rawPayload)];
    const schema = batches[0]?.schema.metadata;
    expect(schema?.get(ARROW_METADATA.model)).toBe('demo');
    expect(JSON.parse(schema?.get(ARROW_METADATA.tokens) ?? '')).toHaveLength(3);
    expect(JSON.parse(schema?.get(ARROW_METADATA.hooks) ?? '')).toEqual(
      HOOKS.map((name) => ({ name, hook: name, shape: [3, 2], axes: ['position', 'd_model'] })),
    );
    expect(batches.map((batch) => [...(batch.getChild('value') ?? [])])).toEqual([
      [0, 1, 2, 3, 4, 5],
      [1, 1, 2, 3, 4, 5],
      [],
    ]);
    expect(batches.map(({ metadata }) => Object.fromEntries(metadata))).toEqual([
      { 'loupe.hook': HOOKS[0], 'loupe.shape': '[3,2]', 'loupe.progress': '0.5' },
      { 'loupe.hook': HOOKS[1], 'loupe.shape': '[3,2]', 'loupe.progress': '1' },
      { 'loupe.rows': '12', 'loupe.complete': 'true' },
    ]);
  });
});

/** Fails as the request's first hook says. */
const failing = new FakeEngine({
  hooks: async function* (request) {
    const [name = ''] = request.hooks;
    if (name.startsWith('LOUPE_')) throw new LoupeError(name as ErrorCode);
    let sent = 0;
    for await (const event of hookEvents(request)) {
      sent++;
      if (name === 'breaks' && sent === 4) throw new LoupeError('LOUPE_OUT_OF_MEMORY');
      if (name !== 'lacks' || sent !== 5) yield event;
    }
  },
});

test('a stream that fails midway, or lacks some of a hook, says so and is not complete', async () => {
  await withApp({ engine: failing }, async (app) => {
    for (const [name, code] of [
      ['breaks', 'LOUPE_OUT_OF_MEMORY'],
      ['lacks', 'LOUPE_INTERNAL'],
    ] as const) {
      const answer = await app.inject(post({ ...PROMPT, hooks: [name, 'hook_embed'] }));
      const { error, batches } = readArrow(answer.rawPayload);
      expect(error).toMatchObject({ code });
      expect(batches.at(-1)?.metadata.has(ARROW_METADATA.complete)).toBe(false);
      expect(batches[0]?.metadata.get(ARROW_METADATA.hook)).toBe(name);
    }
  });
});

test('a refusal has its own status, and what is no request is refused', async () => {
  await withApp({ engine: failing }, async (app) => {
    const refusal = async (payload: object) => {
      const answer = await app.inject(post(payload));
      return [answer.statusCode, answer.json().code];
    };
    for (const [code, status] of [
      ['LOUPE_HOOK_NOT_FOUND', 404],
      ['LOUPE_ANSWER_TOO_LARGE', 422],
    ] as const) {
      expect(await refusal({ ...PROMPT, hooks: [code] })).toEqual([status, code]);
    }
    for (const wrong of [
      {},
      { hooks: [] },
      { hooks: 'hook_embed' },
      { hooks: [3] },
      { hooks: HOOKS, topK: 3 },
    ]) {
      const code = [400, 'LOUPE_BAD_REQUEST'];
      expect(await refusal({ ...PROMPT, ...wrong }), JSON.stringify(wrong)).toEqual(code);
    }
  });
});
