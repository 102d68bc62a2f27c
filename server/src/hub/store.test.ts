import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { DictionaryConfig } from '../dictionaries/config.ts';
import { ModelStore } from './store.ts';
import { StoreLayout } from './store-layout.ts';
import { writeSource } from './write-source.ts';

const data = fileURLToPath(new URL('../../../data', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'loupe-store-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder of models with one in it whose manifest is as given. */
function root(name: string, manifest: unknown): string {
  const model = join(scratch, name, 'model');
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, 'manifest.json'), JSON.stringify(manifest));
  return join(scratch, name);
}

const minimal = { id: 'x', name: '', description: '', model: 'm', sets: [], examples: [] };

test('the demo is listed with its architecture and its sources in the order of the forward pass', () => {
  const { architecture, sources, examples } = new ModelStore([data]).model('demo');
  expect(architecture).toMatchObject({ layers: 4, heads: 8, dModel: 192, context: 256 });
  // The figure of data/demo/model/README.md.
  expect(architecture.parameters / 1e6).toBeCloseTo(2.62, 2);
  expect(sources.map(({ id }) => id).slice(0, 3)).toEqual([
    '0-att-demo',
    '0-mlp-demo',
    '1-att-demo',
  ]);
  expect(sources[1]).toMatchObject({
    kind: 'mlp',
    hook: 'blocks.0.ln2.hook_normalized',
    outputHook: 'blocks.0.hook_mlp_out',
    width: 1536,
    activationFunction: 'relu',
  });
  expect(examples.length).toBeGreaterThan(2);
});

test('a model that is not there is refused, naming those that are', () => {
  expect(() => new ModelStore([data]).model('gpt5')).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_MODEL_NOT_FOUND',
      message: expect.stringContaining('demo'),
    }),
  );
});

test.each([
  ['no-object', 'a string'],
  ['no-id', { ...minimal, id: undefined }],
  ['hidden-id', { ...minimal, id: '..' }],
  ['escape', { ...minimal, model: '../../etc' }],
  ['absolute', { ...minimal, model: '/etc' }],
  ['no-checkpoint', minimal],
])('%s: a bad manifest is a problem that is told, and the other models stay', (name, manifest) => {
  const store = new ModelStore([root(name, manifest), data]);
  expect(store.models().map(({ id }) => id)).toEqual(['demo']);
  expect(store.problems).toHaveLength(1);
  expect(store.problems[0]).toMatchObject({
    code: 'LOUPE_BAD_FILE',
    message: expect.stringMatching(/manifest|config\.json/),
  });
});

test('of two models with one id the first counts, and the other is told of', () => {
  const copy = join(scratch, 'copies');
  cpSync(join(data, 'demo'), join(copy, 'again'), { recursive: true });
  const store = new ModelStore([data, copy]);
  expect(store.models()).toHaveLength(1);
  expect(store.problems).toEqual([expect.objectContaining({ code: 'LOUPE_ID_TAKEN' })]);
});

let home: StoreLayout;
let store: ModelStore;
let homes = 0;
beforeEach(() => {
  home = new StoreLayout(join(scratch, `home-${homes++}`));
  store = new ModelStore([data, home.models], home.sets);
});

const HOOK = 'blocks.1.attn.hook_z';
const CONFIG: DictionaryConfig = {
  dIn: 192,
  dOut: 192,
  width: 8,
  hook: HOOK,
  outputHook: HOOK,
  activationFunction: { kind: 'relu' },
  normalization: { kind: 'none' },
  convention: 'raw',
};

/** Writes a set's `set.json` and one source of it. */
function install(set: string, layer = 1, change: Partial<DictionaryConfig> = {}): string {
  const config = { ...CONFIG, ...change };
  const { dIn, dOut, width } = config;
  const path = home.sourceFile('demo', set, layer);
  writeSource(path, {
    config,
    weights: {
      encoder: new Float32Array(dIn * width).fill(0.25),
      decoder: new Float32Array(width * dOut).fill(0.5),
      bEnc: new Float32Array(width),
      bOut: new Float32Array(dOut),
    },
    provenance: { format: 'test', originals: [] },
    explainedVariance: 0.75,
  });
  writeFileSync(join(dirname(path), 'set.json'), JSON.stringify({ name: 'Mine', imported: true }));
  return path;
}

const sourceIds = () => store.model('demo').sources.map(({ id }) => id);

test('a source that is installed for a model that ships is listed beside those that ship', () => {
  install('mine');
  const { sets, sources } = store.model('demo');
  expect(sets.find(({ id }) => id === 'mine')).toEqual({
    id: 'mine',
    name: 'Mine',
    kind: 'attention',
    imported: true,
    warnings: [],
    removable: true,
  });
  expect(sources.map(({ id }) => id).slice(2, 5)).toEqual(['1-att-demo', '1-mine', '1-mlp-demo']);
  expect(sources[3]).toMatchObject({ hook: HOOK, width: 8, explainedVariance: 0.75 });
  expect(sources[3]?.bytes).toBeGreaterThan(192 * 8 * 2 * 2);
});

test('what is installed, replaced and removed is noticed at the next question', () => {
  expect(sourceIds()).not.toContain('1-mine');
  const path = install('mine');
  expect(sourceIds()).toContain('1-mine');
  install('mine', 2, { hook: 'blocks.2.attn.hook_z', outputHook: 'blocks.2.attn.hook_z' });
  expect(sourceIds()).toContain('2-mine');

  const before = store.installed('demo').sources.get('1-mine');
  install('mine', 1, { width: 16 });
  const after = store.installed('demo').sources.get('1-mine');
  expect(after?.info.width).toBe(16);
  expect(after?.stamp).not.toBe(before?.stamp);

  rmSync(path);
  expect(sourceIds()).not.toContain('1-mine');
  expect(sourceIds()).toContain('2-mine');
  rmSync(home.setFolder('demo', 'mine'), { recursive: true });
  expect(sourceIds()).not.toContain('2-mine');
  expect(store.problems).toEqual([]);
});

test('a model that is moved into place is noticed, and so is its removal', () => {
  expect(store.models()).toHaveLength(1);
  const staged = join(home.downloads, 'mine');
  cpSync(join(data, 'demo', 'model'), join(staged, 'model'), { recursive: true });
  const manifest = { ...minimal, id: 'mine', model: 'model' };
  writeFileSync(join(staged, 'manifest.json'), JSON.stringify(manifest));
  mkdirSync(home.models, { recursive: true });
  expect(store.models()).toHaveLength(1);
  renameSync(staged, home.modelFolder('mine'));
  expect(store.models().map(({ id }) => id)).toEqual(['demo', 'mine']);
  rmSync(home.modelFolder('mine'), { recursive: true });
  expect(store.models()).toHaveLength(1);
});

test('nothing is read again while nothing changes', async () => {
  install('mine');
  // File systems keep times in steps; until one has passed the store looks again.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const first = store.installed('demo');
  expect(store.installed('demo')).toBe(first);
  install('mine', 1, { width: 16 });
  expect(store.installed('demo')).not.toBe(first);
});

test('of half-written and foreign files nothing is listed', () => {
  const path = install('mine');
  const folder = dirname(path);
  cpSync(path, join(folder, '.2.safetensors.0123456789ab.partial'));
  cpSync(path, join(folder, '3.safetensors.part'));
  cpSync(path, join(folder, '02.safetensors'));
  mkdirSync(join(home.sets, 'demo', '.DS_Store'));
  writeFileSync(join(home.sets, 'demo', 'notes.txt'), '');
  expect(sourceIds().filter((id) => id.endsWith('-mine'))).toEqual(['1-mine']);
  expect(store.problems).toEqual([]);
});

test.each<[string, string, (path: string) => void]>([
  ['cut short', 'LOUPE_BAD_FILE', (path) => truncateSync(path, 5000)],
  ['empty', 'LOUPE_BAD_FILE', (path) => truncateSync(path, 0)],
  ['something else', 'LOUPE_BAD_FILE', (path) => writeFileSync(path, 'hello')],
  [
    'a safetensors file of another program',
    'LOUPE_BAD_FILE',
    (path) => {
      const other = join(data, 'demo/dictionaries/attn-z/blocks.0/sae_weights.safetensors');
      cpSync(other, path);
    },
  ],
  [
    'of a later form',
    'LOUPE_BAD_FILE',
    (path) => {
      const text = readFileSync(path, 'latin1');
      writeFileSync(path, text.replace('\\"form\\":1', '\\"form\\":2'), 'latin1');
    },
  ],
])('a source file that is %s is told of, and the others stay', (_, code, damage) => {
  const path = install('mine');
  install('mine', 2, { hook: 'blocks.2.attn.hook_z', outputHook: 'blocks.2.attn.hook_z' });
  damage(path);
  expect(sourceIds().filter((id) => id.endsWith('-mine'))).toEqual(['2-mine']);
  expect(store.problems).toEqual([{ path, code, message: expect.stringContaining(path) }]);
});

test.each<[string, string, Partial<DictionaryConfig>]>([
  ['a hook of another width', 'LOUPE_SHAPE_MISMATCH', { dIn: 96 }],
  ['a layer too many', 'LOUPE_UNSUPPORTED_DICTIONARY', { hook: 'blocks.4.attn.hook_z' }],
  ['an unknown hook', 'LOUPE_UNSUPPORTED_DICTIONARY', { hook: 'blocks.1.hook_q' }],
  ['a hook without vectors', 'LOUPE_UNSUPPORTED_DICTIONARY', { hook: 'blocks.1.ln2.hook_scale' }],
])('a source with %s does not fit the model: it is told of', (_, code, change) => {
  const path = install('mine', 1, change);
  expect(sourceIds()).not.toContain('1-mine');
  expect(store.problems).toEqual([
    { path, code, message: expect.stringMatching(/does not fit the model/) },
  ]);
});

test('a set with the id of one that ships, or without set.json, is told of', () => {
  install('att-demo');
  const path = install('mine');
  rmSync(join(dirname(path), 'set.json'));
  expect(sourceIds()).toEqual(new ModelStore([data]).model('demo').sources.map(({ id }) => id));
  expect(store.problems.map(({ code }) => code)).toEqual(['LOUPE_ID_TAKEN', 'LOUPE_BAD_FILE']);
});
