import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import { writeSource } from '../../server/src/hub/write-source.ts';
import type { ActivationsEvent } from '../../server/src/jobs/activations.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import { DictionaryCache } from '../../server/src/jobs/dictionary-cache.ts';
import type { StoredModel } from '../../server/src/jobs/loaded-models.ts';
import { sourceMemory } from '../../server/src/jobs/source-memory.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { circuit, edgesByIds } from './circuit.ts';

// The demo's dictionaries once more, in the store's form, which is what a bound on memory pages.
const data = fileURLToPath(new URL('../../data', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'loupe-memory-'));
const layout = new StoreLayout(home);
const PROMPT = 'When Mary and John went to the store, John gave a drink to';

let backend: Backend;
let store: ModelStore;
let ids: string[];
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  for (const source of new ModelStore([data]).installed('demo').sources.values()) {
    const { set, layer } = source.info;
    const copy = `${set}-stored`;
    mkdirSync(layout.setFolder('demo', copy), { recursive: true });
    writeFileSync(join(layout.setFolder('demo', copy), 'set.json'), JSON.stringify({ name: copy }));
    writeSource(layout.sourceFile('demo', copy, layer), {
      config: source.config,
      weights: source.readWeights(),
      provenance: { format: 'test', originals: [] },
    });
  }
  store = new ModelStore([data], layout.sets);
  ids = store
    .model('demo')
    .sources.filter(({ set }) => set.endsWith('-stored'))
    .map(({ id }) => id);
});
afterAll(() => rmSync(home, { recursive: true }));

/** A model with room for `encoders` of the stored dictionaries besides its own weights. */
function modelWithRoom(encoders: number): { model: StoredModel; cache: DictionaryCache } {
  const installed = store.installed('demo');
  const [one] = ids.map((id) => installed.sources.get(id));
  if (!one) throw new Error('no source is installed');
  const weights = 4 * installed.info.architecture.parameters * backend.kernels.copies;
  const cache = new DictionaryCache(weights + encoders * sourceMemory(one, backend.kernels, true));
  return { model: loadModel('demo', store, backend.kernels, 0, cache), cache };
}

/** The events of a run; the event loop turns between steps, as it does in the engine. */
async function run(
  model: StoredModel,
  onStep: () => void = () => {},
): Promise<(ActivationsEvent & { type: 'source' | 'end' })[]> {
  const events = [];
  for (const event of activationsJob(
    { model: 'demo', prompt: PROMPT, sources: ids, topK: 0 },
    () => model,
  )) {
    if (event && event.type !== 'start') events.push(event);
    onStep();
    await setImmediate();
  }
  return events;
}

test.each([3, 1, 0])('with room for %i of 8 dictionaries the numbers are the same', async (fit) => {
  const all = loadModel('demo', store, backend.kernels, 0);
  const expected = await run(all);
  const { model, cache } = modelWithRoom(fit);
  for (let repeat = 0; repeat < 2; repeat++) {
    let most = 0;
    const events = await run(model, () => {
      most = Math.max(most, cache.bytes);
    });
    // One is held even if there is no room for it.
    const largest = Math.max(...ids.map((id) => sizeOnDisk(id)));
    expect(most).toBeLessThanOrEqual(Math.max(cache.room, largest));
    expect(most).toBeGreaterThan(0);
    expect(events).toHaveLength(expected.length);
    for (const [i, event] of events.entries()) expectSame(event, expected[i]);
  }
  all.dispose();
  model.dispose();
  expect(cache.bytes).toBe(0);
});

function sizeOnDisk(id: string): number {
  const source = store.installed('demo').sources.get(id);
  if (!source) throw new Error(`${id} is not installed`);
  return sourceMemory(source, backend.kernels, true);
}

type Event = Awaited<ReturnType<typeof run>>[number];

function expectSame(event: Event, expected: Event | undefined): void {
  if (event.type === 'end') {
    if (expected?.type !== 'end') throw new Error('the run ended early');
    expect(expected.outcome.notes).toBeUndefined();
    expect(event.outcome.notes?.[0]).toMatch(/LOUPE_MEMORY/);
    expect(event.outcome.next).toEqual(expected.outcome.next);
    return;
  }
  if (expected?.type !== 'source') throw new Error('an event is missing');
  expect(event.position).toEqual(expected.position);
  expect(event.feature).toEqual(expected.feature);
  expect(event.activation).toEqual(expected.activation);
  // Decoder rows are added up in another order.
  event.reconstruction.error.forEach((error, p) => {
    expect(error).toBeCloseTo(expected.reconstruction.error[p] as number, 5);
  });
}

test('dictionaries that are read again and again leave no tensor and no open file behind', async () => {
  const { model } = modelWithRoom(2);
  await run(model);
  const count = () => [tf.memory().numTensors, openFiles()];
  const before = count();
  for (let i = 0; i < 3; i++) await run(model);
  expect(count()).toEqual(before);
  model.dispose();
  expect(openFiles()).toBe(0);
});

/** Files of the store that this process has open, where the system tells. */
function openFiles(): number {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).filter((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)).startsWith(home);
    } catch {
      return false;
    }
  }).length;
}

test.each([3, 1])('with room for %i of 8 dictionaries a graph is the same', (encoders) => {
  const graphOf = (model: StoredModel) =>
    edgesByIds(circuit(model, { prompt: PROMPT, sources: ids, maxNodes: 100 }));
  const whole = loadModel('demo', store, backend.kernels, 0);
  expect(whole.memoryNote).toBeUndefined();
  const expected = graphOf(whole);
  whole.dispose();
  const { model, cache } = modelWithRoom(encoders);
  expect(model.memoryNote).toBeDefined();
  const got = graphOf(model);
  expect(cache.bytes).toBeLessThanOrEqual(cache.room);
  model.dispose();
  expect(got.size).toBe(expected.size);
  for (const [edge, weight] of expected) {
    expect(Math.abs((got.get(edge) ?? Number.NaN) - weight), edge).toBeLessThan(
      1e-5 + 1e-4 * Math.abs(weight),
    );
  }
});
