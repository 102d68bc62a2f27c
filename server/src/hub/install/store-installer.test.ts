import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoupeError } from '@loupe/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { saelens } from '../../dictionaries/formats/saelens.ts';
import type { CatalogueEntries } from '../catalogue.ts';
import { dictionaryFolder } from '../dictionary-folder.ts';
import type { ArrivedFile } from '../downloads/installer.ts';
import { readSourceHeader, readSourceWeights } from '../source-file.ts';
import { ModelStore } from '../store.ts';
import { StoreLayout } from '../store-layout.ts';
import { StoreInstaller } from './store-installer.ts';

const demo = fileURLToPath(new URL('../../../../data/demo', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'loupe-install-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const card = { hook: 'blocks.{layer}.attn.hook_z', variants: { other: { convention: 'centred' } } };
const published = { repository: 'someone/things', revision: 'main', licence: 'mit' };
const catalogue: CatalogueEntries = {
  models: [
    {
      ...published,
      id: 'copy',
      name: 'Copy',
      description: 'The demo again',
      parameters: 1,
      dModel: 8,
      files: [{ path: 'config.json' }],
      examples: [{ title: 'One', prompt: 'Two' }],
    },
  ],
  sets: [
    {
      ...published,
      id: 'att',
      name: 'Attention',
      description: 'Of a test',
      model: 'copy',
      neuronpedia: 'att-np',
      default: true,
      card: { ...card, variants: { other: { convention: 'centred' } } },
      layers: [0, 1].map((layer) => ({
        layer,
        source: `${layer}-att`,
        width: undefined,
        files: [],
        card: {
          hook: `blocks.${layer}.attn.hook_z`,
          variants: { other: { convention: 'centred' } },
        },
      })),
    },
  ],
};

let layout: StoreLayout;
let store: ModelStore;
let installer: StoreInstaller;
let homes = 0;
beforeEach(() => {
  layout = new StoreLayout(join(scratch, `home-${homes++}`));
  store = new ModelStore([layout.models], layout.sets);
  const pageOf = (repository: string) => `https://hub.example/${repository}`;
  installer = new StoreInstaller({ layout, catalogue, store, pageOf });
});

const signal = new AbortController().signal;
const checkpoint = ['config.json', 'model.safetensors', 'vocab.json', 'merges.txt'];

/** Files as they arrive: copies that may be moved, or the demo's own, which may not. */
function arrived(folder: string, names: readonly string[], movable: boolean): ArrivedFile[] {
  return names.map((name) => {
    const own = join(demo, folder, name);
    const file = movable ? join(layout.downloads, folder, name) : own;
    if (movable) cpSync(own, file);
    return {
      path: `${folder}/${name}`,
      repository: 'someone/things',
      revision: 'abc',
      file,
      movable,
    };
  });
}

const source = (layer = 0) => ({
  model: 'copy',
  set: 'att',
  layer,
  files: arrived(
    `dictionaries/attn-z/blocks.${layer}`,
    ['cfg.json', 'sae_weights.safetensors'],
    false,
  ),
});

const refusal = (code: string) => expect.objectContaining({ code });

test('a model is moved into place whole, and says whence it came', async () => {
  const files = arrived('model', checkpoint, true);
  await installer.installModel('copy', files, signal);
  expect(store.problems).toEqual([]);
  expect(store.model('copy')).toMatchObject({
    name: 'Copy',
    architecture: { layers: 4, dModel: 192 },
    origin: {
      repository: 'someone/things',
      revision: 'abc',
      url: 'https://hub.example/someone/things',
      licence: 'mit',
    },
    examples: [{ title: 'One', prompt: 'Two' }],
  });
  expect(store.model('copy').bytes).toBeGreaterThan(2.6e6 * 2);
  expect(files.some(({ file }) => existsSync(file))).toBe(false);
});

test("files that are someone else's are copied, and one installed before is replaced", async () => {
  for (let i = 0; i < 2; i++) {
    await installer.installModel('copy', arrived('model', checkpoint, false), signal);
  }
  expect(store.models()).toHaveLength(1);
  expect(existsSync(join(demo, 'model/model.safetensors'))).toBe(true);
  expect(readdirSync(layout.downloads)).toEqual([]);
});

test('a checkpoint that is damaged is refused, what arrived is kept, nothing is listed', async () => {
  const files = arrived('model', checkpoint, true);
  const weights = files.find(({ path }) => path.endsWith('.safetensors')) as ArrivedFile;
  truncateSync(weights.file, 100_000);
  await expect(installer.installModel('copy', files, signal)).rejects.toEqual(
    refusal('LOUPE_BAD_FILE'),
  );
  expect(files.every(({ file }) => existsSync(file))).toBe(true);
  expect(store.models()).toEqual([]);
  expect(existsSync(layout.models)).toBe(false);
});

test('a source is converted, listed with its variants, and has the weights it had', async () => {
  await installer.installModel('copy', arrived('model', checkpoint, false), signal);
  const shares: number[] = [];
  await installer.installSource(source(), { precision: 'half' }, signal, (share) =>
    shares.push(share),
  );
  expect(store.problems).toEqual([]);
  const { sets, sources, variants } = store.model('copy');
  expect(sets).toEqual([
    expect.objectContaining({
      id: 'att',
      name: 'Attention',
      neuronpedia: 'att-np',
      removable: true,
    }),
  ]);
  expect(sources).toEqual([
    expect.objectContaining({ id: '0-att', width: 1536, convention: 'raw' }),
  ]);
  expect(variants).toEqual([
    expect.objectContaining({ id: '0-att__other', base: '0-att', convention: 'centred' }),
  ]);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));

  const path = layout.sourceFile('copy', 'att', 0);
  expect(readSourceHeader(path).provenance).toMatchObject({
    format: 'saelens',
    repository: 'someone/things',
    revision: 'abc',
    originals: [
      { name: 'cfg.json', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { name: 'sae_weights.safetensors', bytes: 1186848 },
    ],
  });
  const original = dictionaryFolder(join(demo, 'dictionaries/attn-z/blocks.0'));
  const config = saelens.describe(original, {});
  // The demo's matrices are float16 already.
  expect(readSourceWeights(path)).toEqual(saelens.load(original, {}, config));
});

test('what was published in 16 bits is stored in 16 bits, whatever is asked for', async () => {
  for (const precision of ['published', 'half'] as const) {
    await installer.installSource(source(), { precision }, signal);
    const { size } = statSync(layout.sourceFile('copy', 'att', 0));
    expect(size).toBeLessThan(192 * 1536 * 2 * 2.1);
    expect(readSourceHeader(layout.sourceFile('copy', 'att', 0)).precision).toBe('float16');
  }
});

test('a damaged file is refused by name, and the next is converted all the same', async () => {
  const bad = source(0);
  const weights = join(scratch, 'cut.safetensors');
  cpSync(join(demo, 'dictionaries/attn-z/blocks.0/sae_weights.safetensors'), weights);
  truncateSync(weights, 5000);
  const files = bad.files.map((each) =>
    each.path.endsWith('.json') ? each : { ...each, file: weights },
  );
  const [first, second] = await Promise.allSettled([
    installer.installSource({ ...bad, files }, { precision: 'half' }, signal),
    installer.installSource(source(1), { precision: 'half' }, signal),
  ]);
  expect(first).toMatchObject({ status: 'rejected', reason: refusal('LOUPE_BAD_FILE') });
  expect(second.status).toBe('fulfilled');
  expect(readdirSync(layout.setFolder('copy', 'att')).sort()).toEqual([
    '1.safetensors',
    'set.json',
  ]);
});

test('a conversion that is cancelled leaves nothing, whenever that is', async () => {
  for (const delay of [0, 300, 600, 900]) {
    const abort = new AbortController();
    const reason = new LoupeError('LOUPE_CANCELLED');
    const installing = installer.installSource(
      source(),
      { precision: 'published' },
      abort.signal,
      () => abort.abort(reason),
    );
    setTimeout(() => abort.abort(reason), delay);
    await expect(installing).rejects.toBe(reason);
    expect(readdirSync(layout.setFolder('copy', 'att'))).toEqual(['set.json']);
  }
  expect(store.problems).toEqual([]);
});

test('a dictionary that does not fit the model is refused', async () => {
  await installer.installModel('copy', arrived('model', checkpoint, false), signal);
  const config = join(scratch, 'cfg.json');
  const folder = dictionaryFolder(join(demo, 'dictionaries/attn-z/blocks.0'));
  writeFileSync(config, JSON.stringify({ ...(folder.readJson('cfg.json') as object), d_in: 96 }));
  const files = source().files.map((each) =>
    basename(each.path) === 'cfg.json' ? { ...each, file: config } : each,
  );
  await expect(
    installer.installSource({ ...source(), files }, { precision: 'half' }, signal),
  ).rejects.toEqual(refusal('LOUPE_SHAPE_MISMATCH'));
});

test('a set is removed at once, damaged or not; one that is not there, or ships, is not', async () => {
  await installer.installModel('copy', arrived('model', checkpoint, false), signal);
  await installer.installSource(source(), { precision: 'half' }, signal);
  truncateSync(layout.sourceFile('copy', 'att', 0), 10);
  await installer.removeSet('copy', 'att');
  expect(existsSync(layout.setFolder('copy', 'att'))).toBe(false);
  expect(store.model('copy').sets).toEqual([]);
  expect(readdirSync(layout.downloads)).toEqual([]);
  for (const set of ['att', '..', '../../models/copy', '.']) {
    await expect(installer.removeSet('copy', set)).rejects.toEqual(
      refusal('LOUPE_SOURCE_NOT_INSTALLED'),
    );
  }
  await expect(installer.removeSet('none', 'att')).rejects.toEqual(
    refusal('LOUPE_MODEL_NOT_FOUND'),
  );
  expect(store.models()).toHaveLength(1);
});

test('what is not in the catalogue is refused', async () => {
  const missing = refusal('LOUPE_NOT_IN_CATALOGUE');
  await expect(installer.installModel('none', [], signal)).rejects.toEqual(missing);
  const options = { precision: 'half' } as const;
  const at = source();
  await expect(installer.installSource({ ...at, set: 'no' }, options, signal)).rejects.toEqual(
    missing,
  );
  await expect(installer.installSource({ ...at, layer: 7 }, options, signal)).rejects.toEqual(
    missing,
  );
});
