import type { ActivationsRequest, ModelInfo } from '@loupe/shared';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HEALTHY, NO_LENS } from '../../api/answers.fixture.ts';
import { batch, bytesOf, end, reconstruction } from '../../api/stream.fixture.ts';
import { useServer } from '../server.ts';
import { usePrompt } from './store.ts';

/** A request for activations that the test answers when it likes. */
interface Asked {
  prompt: string;
  sources: string[] | undefined;
  signal: AbortSignal;
  answer: (response: Response) => void;
}

let asked: Asked[] = [];
const first = usePrompt.getState();

async function complete(): Promise<Response> {
  const one = batch([[0, 1, 7, 2]], reconstruction(0));
  const two = batch([[1, 1, 3, 1]], reconstruction(1));
  return new Response((await bytesOf([one, two, end(2)])) as BodyInit);
}

function fakeFetch(url: string, { body, signal }: RequestInit): Promise<Response> {
  if (url.endsWith('/health')) return Promise.resolve(Response.json(HEALTHY));
  if (!url.endsWith('/activations')) return Promise.resolve(Response.json(NO_LENS));
  return new Promise((resolve, reject) => {
    const { prompt, sources } = JSON.parse(String(body)) as ActivationsRequest;
    const known = signal as AbortSignal;
    known.addEventListener('abort', () => reject(known.reason));
    asked.push({ prompt: prompt as string, sources, signal: known, answer: resolve });
  });
}

function lastAsked(): Promise<Asked> {
  const count = asked.length;
  return vi.waitFor(() => {
    if (asked.length <= count) throw new Error('not asked yet');
    return asked.at(-1) as Asked;
  });
}

/** Runs a prompt to its end. */
async function ran(prompt: string): Promise<void> {
  const request = lastAsked();
  usePrompt.getState().runNow({ prompt });
  (await request).answer(await complete());
  await vi.waitFor(() => {
    expect(usePrompt.getState().run).toMatchObject({ prompt, status: 'complete' });
  });
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', fakeFetch);
  useServer.setState({ health: { status: 'ok' } as never, problem: null, models: [] });
  usePrompt.setState({ ...first, model: 'demo' });
});

afterEach(() => {
  usePrompt.getState().cancel();
  vi.unstubAllGlobals();
});

test('a run comes on screen whole, with the selection on its last token', async () => {
  await ran('When');
  const { run, pending, selection } = usePrompt.getState();
  expect(run?.activations.map((source) => source?.feature[0])).toEqual([7, 3]);
  expect(pending).toBeNull();
  expect(selection.position).toBe(1);
});

test('the latest prompt wins, and the one before is given up', async () => {
  const one = lastAsked();
  usePrompt.getState().runNow({ prompt: 'a' });
  const early = await one;
  const two = lastAsked();
  usePrompt.getState().runNow({ prompt: 'ab' });
  expect(early.signal.aborted).toBe(true);
  (await two).answer(await complete());
  early.answer(await complete());
  await vi.waitFor(() => expect(usePrompt.getState().run?.prompt).toBe('ab'));
});

test('the run before stays on screen while the next waits, and when it fails', async () => {
  await ran('a');
  const request = lastAsked();
  usePrompt.getState().runNow({ prompt: 'ab' });
  expect(usePrompt.getState()).toMatchObject({ run: { prompt: 'a' }, pending: { prompt: 'ab' } });
  const error = { code: 'LOUPE_QUEUE_FULL', message: 'Try again.' };
  (await request).answer(Response.json(error, { status: 503 }));
  await vi.waitFor(() => expect(usePrompt.getState().pending?.status).toBe('failed'));
  expect(usePrompt.getState()).toMatchObject({ run: { prompt: 'a' }, pending: { error } });
});

/** A stream of which the first source has arrived and the rest is awaited. */
async function begun(): Promise<Response> {
  const bytes = await bytesOf([batch([[0, 1, 7, 2]], reconstruction(0))]);
  // Without the last 8 bytes, which say that nothing follows.
  const first = bytes.slice(0, -8);
  return new Response(new ReadableStream({ start: (controller) => controller.enqueue(first) }));
}

test('a run that takes long comes on screen as it grows', async () => {
  const request = lastAsked();
  usePrompt.getState().runNow({ prompt: 'a' });
  (await request).answer(await begun());
  await vi.waitFor(() => expect(usePrompt.getState().run?.status).toBe('streaming'));
  expect(usePrompt.getState().run?.activations.map(Boolean)).toEqual([true, false]);
});

test('a prompt that runs again stays on screen whole meanwhile', async () => {
  await ran('a');
  const request = lastAsked();
  usePrompt.getState().runNow({ prompt: 'a' });
  (await request).answer(await begun());
  await vi.waitFor(() => expect(usePrompt.getState().pending?.progress).toBe(0.5));
  expect(usePrompt.getState().run?.status).toBe('complete');
});

test('cancelling before anything has arrived leaves the run before', async () => {
  await ran('a');
  const request = lastAsked();
  usePrompt.getState().runNow({ prompt: 'ab' });
  await request;
  usePrompt.getState().cancel();
  await vi.waitFor(() => expect(usePrompt.getState().pending?.status).toBe('cancelled'));
  expect(usePrompt.getState().run?.prompt).toBe('a');
});

test('nothing is asked of an engine that starts; it is once the engine is ready', async () => {
  useServer.setState({ health: { status: 'starting' } as never });
  usePrompt.getState().runNow({ prompt: 'a' });
  await Promise.resolve();
  expect(asked).toEqual([]);
  expect(usePrompt.getState().pending?.status).toBe('waiting');
  const request = lastAsked();
  useServer.setState({ health: { status: 'ok' } as never });
  expect((await request).prompt).toBe('a');
});

test('typing runs once it pauses; an empty box runs nothing', async () => {
  vi.useFakeTimers();
  const { setText } = usePrompt.getState();
  setText('a');
  setText('');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([]);
  setText('ab');
  setText('abc');
  await vi.advanceTimersByTimeAsync(1_000);
  vi.useRealTimers();
  expect(asked.map(({ prompt }) => prompt)).toEqual(['abc']);
});

test('choosing a variant runs what is there again, with the variant in place of its base', async () => {
  const source = { id: '0-att-kk', set: 'att-kk', convention: 'value-bias-removed' };
  const variant = { ...source, id: '0-att-kk__raw-z', base: '0-att-kk', convention: 'raw' };
  const model = { id: 'demo', sources: [source], variants: [variant] } as unknown as ModelInfo;
  useServer.setState({ models: [model] });
  await ran('When');
  expect(asked.at(-1)?.sources).toBeUndefined();
  const again = lastAsked();
  usePrompt.getState().chooseVariants(['att-kk__raw-z']);
  expect(await again).toMatchObject({ prompt: 'When', sources: ['0-att-kk__raw-z'] });
});

test('another model runs the prompt that is there', async () => {
  await ran('When');
  const request = lastAsked();
  usePrompt.getState().chooseModel('other');
  expect((await request).prompt).toBe('When');
  expect(usePrompt.getState()).toMatchObject({ model: 'other', pending: { model: 'other' } });
});

test('with no prompt another model runs its first example, or waits for a prompt', async () => {
  const models = [
    { id: 'shown', sources: [], variants: [], examples: [{ title: 'One', prompt: 'Once' }] },
    { id: 'bare', sources: [], variants: [], examples: [] },
  ] as unknown as ModelInfo[];
  useServer.setState({ models });
  usePrompt.getState().chooseModel('bare');
  expect(usePrompt.getState()).toMatchObject({ model: 'bare', text: '', pending: null, run: null });
  const request = lastAsked();
  usePrompt.getState().chooseModel('shown');
  expect((await request).prompt).toBe('Once');
});

test('a filter by a set that the new run is without is let go', async () => {
  await ran('a');
  const set = usePrompt.getState().run?.sources[0]?.set ?? '';
  usePrompt.getState().setFilters({ set });
  await ran('ab');
  expect(usePrompt.getState().filters.set).toBe(set);
  usePrompt.getState().setFilters({ set: 'gone', text: 'kept' });
  await ran('abc');
  expect(usePrompt.getState().filters).toMatchObject({ set: null, text: 'kept' });
});
