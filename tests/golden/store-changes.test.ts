import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ActivationsRequest } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import { writeSource } from '../../server/src/hub/write-source.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import { LoadedModels } from '../../server/src/jobs/loaded-models.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { SafetensorsFile } from '../../server/src/weights/safetensors.ts';
import { drain } from './model.ts';

const data = fileURLToPath(new URL('../../data', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'loupe-changes-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let layout: StoreLayout;
let store: ModelStore;
let models: LoadedModels;
let homes = 0;
beforeEach(async () => {
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  layout = new StoreLayout(join(scratch, `home-${homes++}`));
  store = new ModelStore([data, layout.models], layout.sets);
  models = new LoadedModels((id) => loadModel(id, store, kernels, 64e6));
});

/** Installs the demo's dictionary of layer 1's head outputs again, its weights times a factor. */
function install(set: string, factor: number): string {
  const original = store.installed('demo').sources.get('1-att-demo');
  if (!original) throw new Error('the demo has changed');
  const weights = original.readWeights();
  const path = layout.sourceFile('demo', set, 1);
  writeSource(path, {
    config: original.config,
    weights: { ...weights, encoder: weights.encoder.map((weight) => weight * factor) },
    provenance: { format: 'test', originals: [] },
    precision: 'half',
  });
  writeFileSync(join(dirname(path), 'set.json'), JSON.stringify({ name: set }));
  return path;
}

const PROMPT = 'Once upon a time there was a little girl named Lily.';

/** Runs a prompt through the models, as the engine does; activations by source id. */
function run(request: Partial<ActivationsRequest> = {}): Map<string, Map<string, number>> {
  const job = activationsJob({ model: 'demo', prompt: PROMPT, topK: 0, ...request }, models.find);
  const found = new Map<string, Map<string, number>>();
  let ids: string[] = [];
  for (const event of drain(models.running(job))) {
    if (event.type === 'start') ids = event.sources.map(({ id }) => id);
    if (event.type !== 'source') continue;
    const { position, feature, activation } = event;
    const entries = Array.from(activation, (value, i): [string, number] => [
      `${position[i]}/${feature[i]}`,
      value,
    ]);
    found.set(ids[event.source] as string, new Map(entries));
  }
  return found;
}

function largestDifference(a: Map<string, number> = new Map(), b: Map<string, number> = new Map()) {
  const keys = [...a.keys(), ...b.keys()];
  return Math.max(...keys.map((key) => Math.abs((a.get(key) ?? 0) - (b.get(key) ?? 0))));
}

test('a loaded model uses what is installed, replaced and removed from the next job on', () => {
  expect([...run().keys()]).not.toContain('1-mine');
  install('mine', 1);
  const same = run();
  expect(largestDifference(same.get('1-mine'), same.get('1-att-demo'))).toBe(0);

  install('mine', 1.5);
  const replaced = run();
  expect(largestDifference(replaced.get('1-att-demo'), same.get('1-att-demo'))).toBe(0);
  // Not what the prefix cache remembers of the dictionary that was there before.
  expect(largestDifference(replaced.get('1-mine'), same.get('1-mine'))).toBeGreaterThan(0.1);

  rmSync(layout.setFolder('demo', 'mine'), { recursive: true });
  expect([...run().keys()]).not.toContain('1-mine');
  expect(() => run({ sources: ['1-mine'] })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_SOURCE_NOT_INSTALLED' }),
  );
});

test('a source that is removed while a job runs ends that job with its code, and no other', () => {
  install('mine', 1);
  const job = models.running(
    activationsJob({ model: 'demo', prompt: PROMPT, sources: ['1-mine'] }, models.find),
  );
  expect(job.next().value).toMatchObject({ type: 'start' });
  rmSync(layout.setFolder('demo', 'mine'), { recursive: true });
  expect(run().size).toBe(8);
  expect(() => drain(job)).toThrowError(
    expect.objectContaining({ code: 'LOUPE_SOURCE_NOT_INSTALLED' }),
  );
  expect(run().size).toBe(8);
});

test('dictionaries that go, and models that are replaced, leave nothing on the backend', () => {
  run();
  const before = tf.memory().numTensors;
  install('mine', 1);
  run();
  rmSync(layout.setFolder('demo', 'mine'), { recursive: true });
  run();
  // The prefix cache was cleared and holds the one prompt again.
  expect(tf.memory().numTensors).toBe(before);

  const copy = layout.modelFolder('copy');
  mkdirSync(copy, { recursive: true });
  cpSync(join(data, 'demo/model'), join(copy, 'model'), { recursive: true });
  const manifest = {
    id: 'copy',
    name: '',
    description: '',
    model: 'model',
    sets: [],
    examples: [],
  };
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest));
  run({ model: 'copy' });
  const withCopy = tf.memory().numTensors;
  const config = join(copy, 'model/config.json');
  const waiting = models.running(
    activationsJob({ model: 'copy', prompt: 'A job that goes on' }, models.find),
  );
  expect(waiting.next().value).toMatchObject({ type: 'start' });
  cpSync(join(data, 'demo/model/config.json'), config);
  run({ model: 'copy' });
  // The old weights stay for the job that uses them, which ends as if nothing had happened.
  expect(tf.memory().numTensors).toBeGreaterThan(withCopy);
  expect(drain(waiting).at(-1)).toMatchObject({ type: 'end' });
  expect(tf.memory().numTensors).toBe(withCopy);
});

test('stored in 16 bits, the encoding of a prefix is still the prefix of the encoding', () => {
  const path = install('mine', 1.00037);
  const file = SafetensorsFile.open(path);
  expect(file.info('W_enc').dtype).toBe('F16');
  file.close();
  const sources = ['1-mine'];
  const part = run({ prompt: PROMPT, sources }).get('1-mine');
  const continued = run({ prompt: `${PROMPT} She loved to play`, sources }).get('1-mine');
  models.find('demo').prefixCache.clear();
  const fresh = run({ prompt: `${PROMPT} She loved to play`, sources }).get('1-mine');
  expect(largestDifference(continued, fresh)).toBeLessThan(2e-3);
  const positions = Math.max(
    ...[...(part as Map<string, number>).keys()].map((key) => Number.parseInt(key, 10)),
  );
  const prefix = [...(fresh as Map<string, number>)].filter(
    ([key]) => Number.parseInt(key, 10) <= positions,
  );
  expect(largestDifference(part, new Map(prefix))).toBeLessThan(2e-3);

  // And it is that of the weights in float32, as near as the header says.
  const exact = run({ sources: ['1-att-demo'] }).get('1-att-demo');
  expect(largestDifference(part, exact)).toBeLessThan(0.02);
  expect(largestDifference(part, exact)).toBeGreaterThan(0);
});
