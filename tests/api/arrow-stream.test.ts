import { ARROW_METADATA, LoupeError, Outcome, Reconstruction } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import type { ActivationsEvent } from '../../server/src/jobs/activations.ts';
import { END, FakeEngine, SOURCES, sourceEvent, start } from './support/fake-engine.ts';
import { readArrow } from './support/read-arrow.ts';
import { ARROW, listen, PROMPT, withApp } from './support/test-app.ts';

function engineOf(events: ActivationsEvent[], failure?: Error): FakeEngine {
  return new FakeEngine({
    activations: async function* () {
      yield* events;
      if (failure) throw failure;
    },
  });
}

async function streamOf(engine: FakeEngine): Promise<{ bytes: Uint8Array; type: unknown }> {
  let answer: { bytes: Uint8Array; type: unknown } | undefined;
  await withApp({ engine }, async (app) => {
    const { rawPayload, headers, statusCode } = await app.inject({
      method: 'POST',
      url: '/api/v1/activations',
      payload: PROMPT,
    });
    expect(statusCode).toBe(200);
    answer = { bytes: rawPayload, type: headers['content-type'] };
  });
  return answer as { bytes: Uint8Array; type: unknown };
}

test('rows in are rows out, batch by batch and in order', async () => {
  const events = [sourceEvent(0, 5), sourceEvent(1, 0), sourceEvent(0, 11)];
  const { bytes, type } = await streamOf(engineOf([start('demo'), ...events, END]));
  const read = readArrow(bytes);

  expect(type).toBe(ARROW);
  expect(read.batches.map(({ rows }) => rows)).toEqual([15, 0, 33, 0]);
  expect([...read.source]).toEqual([...Array(15).fill(0), ...Array(33).fill(0)]);
  for (const column of ['position', 'feature', 'activation'] as const) {
    const sent = events.flatMap((event) => [...event[column]]);
    expect([...read[column]]).toEqual(sent);
  }
  expect(read.complete).toBe(true);
});

test('the schema announces model, tokens and sources; batches their reconstruction', async () => {
  const { bytes } = await streamOf(engineOf([start('demo'), sourceEvent(1, 2), END]));
  const { schema, batches } = readArrow(bytes);
  const [first, last] = batches;

  expect(schema.get(ARROW_METADATA.model)).toBe('demo');
  expect(JSON.parse(schema.get(ARROW_METADATA.tokens) ?? '')).toHaveLength(3);
  expect(JSON.parse(schema.get(ARROW_METADATA.sources) ?? '')).toEqual(SOURCES);
  const reconstruction = JSON.parse(first?.metadata.get(ARROW_METADATA.reconstruction) ?? '');
  expect(Value.Check(Reconstruction, reconstruction)).toBe(true);
  expect(first?.metadata.get(ARROW_METADATA.progress)).toBe('1');
  const outcome = JSON.parse(last?.metadata.get(ARROW_METADATA.outcome) ?? '');
  expect(Value.Check(Outcome, outcome)).toBe(true);
  expect(last?.metadata.get(ARROW_METADATA.complete)).toBe('true');
});

test('a large source is split into batches of bounded size, the last with its metadata', async () => {
  const large = sourceEvent(0, 200_000);
  const { bytes } = await streamOf(engineOf([start('demo'), large, END]));
  const { batches, feature, complete } = readArrow(bytes);

  expect(batches.map(({ rows }) => rows)).toEqual([262_144, 262_144, 75_712, 0]);
  const described = batches.map(({ metadata }) => metadata.has(ARROW_METADATA.reconstruction));
  expect(described).toEqual([false, false, true, false]);
  expect(Buffer.from(feature.buffer).equals(Buffer.from(large.feature.buffer))).toBe(true);
  expect(complete).toBe(true);
});

test('a failure midway ends the stream with its code, and without the mark of completeness', async () => {
  const failure = new LoupeError('LOUPE_ENGINE_CRASHED', 'The engine was killed. Try again.');
  const { bytes } = await streamOf(engineOf([start('demo'), sourceEvent(0, 2)], failure));
  const { batches, complete, error } = readArrow(bytes);

  expect(batches.map(({ rows }) => rows)).toEqual([6, 0]);
  expect(complete).toBe(false);
  expect(error).toEqual(failure.toBody());
});

test('an unexpected failure midway does not show its inside', async () => {
  const { bytes } = await streamOf(engineOf([start('demo')], new Error('at secret/file.ts:3')));
  expect(readArrow(bytes).error).toMatchObject({ code: 'LOUPE_INTERNAL' });
  expect(Buffer.from(bytes).includes('secret')).toBe(false);
});

test('an engine that forgets the outcome does not make a complete stream', async () => {
  const { bytes } = await streamOf(engineOf([start('demo'), sourceEvent(0, 2)]));
  expect(readArrow(bytes)).toMatchObject({ complete: false, error: { code: 'LOUPE_INTERNAL' } });
});

test('a stream cut anywhere before its last batch is not complete', async () => {
  const { bytes } = await streamOf(engineOf([start('demo'), sourceEvent(0, 3), END]));
  const endOfStream = 8;
  for (let length = 0; length < bytes.length - endOfStream; length++) {
    expect(readArrow(bytes.subarray(0, length)).complete, `${length} bytes`).toBe(false);
  }
  expect(readArrow(bytes).complete).toBe(true);
});

test('the first batch arrives while the engine still works on the second', async () => {
  let goOn: () => void = () => undefined;
  const second = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const engine = new FakeEngine({
    activations: async function* () {
      yield start('demo');
      yield sourceEvent(0, 4);
      await second;
      yield END;
    },
  });
  await withApp({ engine }, async (app) => {
    const response = await fetch(`${await listen(app)}/activations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(PROMPT),
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const chunks: Uint8Array[] = [];
    while (readArrow(Buffer.concat(chunks)).feature.length < 12) {
      const { value } = await reader.read();
      chunks.push(value as Uint8Array);
    }
    expect(readArrow(Buffer.concat(chunks)).complete).toBe(false);
    goOn();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
    }
    expect(readArrow(Buffer.concat(chunks)).complete).toBe(true);
  });
});
