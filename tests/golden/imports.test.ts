import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardOfLayer, type DictionaryCard } from '../../server/src/dictionaries/card.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import { readSourceWeights } from '../../server/src/hub/source-file.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import {
  type ImportContext,
  type ImportDictionariesOptions,
  importDictionaries,
} from '../../server/src/import/import-dictionaries.ts';
import { importModel } from '../../server/src/import/import-model.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { writeSafetensors } from '../../server/src/weights/write-safetensors.ts';
import { drain, golden } from './model.ts';
import {
  CONVENTION_SETS,
  cardOf,
  CONVENTION_LAYER as LAYER,
  CONVENTION_TOKENS as TOKENS,
  TRANSCODER_SETS,
  writeNarrowModel,
} from './published-forms.ts';

const TOLERANCE = 1e-4;
const scratch = mkdtempSync(join(tmpdir(), 'loupe-imports-'));
const layout = new StoreLayout(join(scratch, 'home'));
const store = new ModelStore([layout.models], layout.sets);
const signal = new AbortController().signal;
let backend: Backend;
let context: ImportContext;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  context = {
    layout,
    store,
    kernels: async () => backend.kernels,
    onStep: () => {},
    confirm: async () => true,
  };
  await importModel(here('conventions/model'), { as: 'random', force: false }, context, signal);
  await importModel(
    writeNarrowModel(join(scratch, 'narrow-gpt2')),
    { as: 'narrow', force: false },
    context,
    signal,
  );
});
afterAll(() => rmSync(scratch, { recursive: true }));

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

const NOTHING_ASKED = { precision: 'published', force: false } as const;

/** Imports a copy of a golden's files with a card beside them. */
function importGolden(
  path: string,
  card: DictionaryCard,
  options: Partial<ImportDictionariesOptions> = {},
) {
  const folder = join(scratch, path);
  cpSync(here(path), folder, { recursive: true });
  rmSync(join(folder, 'expected.json'));
  writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
  return importDictionaries(folder, { ...NOTHING_ASKED, ...options }, context);
}

// The goldens are of PyTorch: see conventions.test.ts.
test.each(CONVENTION_SETS)('%s, imported, gives what it gives in PyTorch', async (name) => {
  const { activations } = golden<{ activations: number[][] }>(`conventions/${name}/expected.json`);
  const imported = await importGolden(`conventions/${name}`, cardOf(name), {
    layer: LAYER,
    set: name,
  });
  expect(imported).toMatchObject({ model: 'random', sources: [{ imported: true, turned: [] }] });

  const source = `${LAYER}-${name}`;
  const model = loadModel('random', store, backend.kernels, 0);
  const request = {
    model: 'random',
    tokens: TOKENS,
    prependBos: false,
    sources: [source],
    topK: 0,
  };
  const ours = activations.map((row) => row.map(() => 0));
  for (const event of drain(activationsJob(request, () => model))) {
    if (event.type !== 'source') continue;
    event.feature.forEach((feature, i) => {
      (ours[event.position[i] as number] as number[])[feature] = event.activation[i] as number;
    });
  }
  model.dispose();
  const differences = activations.flatMap((row, r) =>
    row.map((value, f) => Math.abs(value - (ours[r]?.[f] as number))),
  );
  expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
});

// What the goldens say of them is checked in transcoders.test.ts.
test.each(TRANSCODER_SETS)(
  '%s: all layers are imported, with the very weights of the files',
  async (name, card) => {
    const { model, sets, sources, refused } = await importGolden(`transcoders/${name}`, card);
    expect({ model, sets, refused }).toEqual({ model: 'narrow', sets: [name], refused: [] });
    expect(sources.map(({ info }) => info.id)).toEqual([`0-${name}`, `1-${name}`, `2-${name}`]);
    expect(store.problems).toEqual([]);
    const folder = dictionaryFolder(here(`transcoders/${name}`));
    for (const [layer, { file, trial, errors }] of sources.entries()) {
      const own = cardOfLayer(card, layer);
      const format = findFormat(folder, own);
      const weights = format.load(folder, own, format.describe(folder, own));
      expect(readSourceWeights(file)).toEqual(weights);
      expect(Object.values(errors).every((error) => error === 0)).toBe(true);
      expect(Number.isFinite(trial.stated.explainedVariance)).toBe(true);
    }
  },
);

test('one layer of a cross-layer transcoder cannot be imported alone, unless it is the first', async () => {
  const alone = (layer: number) =>
    importGolden('transcoders/sweep-clt', {}, { set: `alone-${layer}`, layer });
  await expect(alone(1)).rejects.toMatchObject({
    code: 'LOUPE_IMPORT_REFUSED',
    message: expect.stringContaining('0-alone-1'),
  });
  expect((await alone(0)).sources).toHaveLength(1);
});

const state = (columns: [string, number[]][]) =>
  writeSafetensors(
    Object.fromEntries(
      columns.map(([name, shape]) => {
        const length = shape.reduce((product, each) => product * each, 1);
        const data = Float32Array.from({ length }, (_, i) => Math.cos(i * 78.233) / 4);
        return [name, { dtype: 'F32', shape, data }];
      }),
    ),
  );
const RELU: DictionaryCard = {
  hook: 'blocks.{layer}.hook_resid_pre',
  activationFunction: { kind: 'relu' },
};

/** Writes a file of tensors, and a card beside it with the file's name. */
function writeState(name: string, tensors: [string, number[]][], card: object = RELU): string {
  mkdirSync(join(scratch, 'states'), { recursive: true });
  const path = join(scratch, 'states', `${name}.safetensors`);
  writeFileSync(path, state(tensors));
  writeFileSync(join(scratch, 'states', `${name}.json`), JSON.stringify(card));
  return path;
}

test.each<[string, number[], number[], string[]]>([
  ['none', [16, 40], [40, 16], []],
  ['both', [40, 16], [16, 40], ['W_enc', 'W_dec']],
  ['encoder', [40, 16], [40, 16], ['W_enc']],
  ['decoder', [16, 40], [16, 40], ['W_dec']],
])('swapped axes of %s are noticed and turned', async (name, encoder, decoder, turned) => {
  const path = writeState(`swapped-${name}`, [
    ['W_enc', encoder],
    ['W_dec', decoder],
    ['b_enc', [40]],
    ['b_dec', [16]],
  ]);
  const { sources } = await importDictionaries(path, { ...NOTHING_ASKED, layer: 1 }, context);
  expect(sources).toMatchObject([{ turned, imported: true, info: { width: 40 } }]);
  const { encoder: stored } = readSourceWeights(sources[0]?.file as string);
  const inFile = Float32Array.from({ length: 640 }, (_, i) => Math.cos(i * 78.233) / 4);
  const isTurned = turned.includes('W_enc');
  // Feature 3's weight of input 5.
  expect(stored[5 * 40 + 3]).toBe(inFile[isTurned ? 3 * 16 + 5 : 5 * 40 + 3]);
});

test('a SAELens folder with a swapped encoder is turned too', async () => {
  const folder = join(scratch, 'saelens-swapped');
  mkdirSync(folder);
  const cfg = {
    d_in: 16,
    d_sae: 40,
    hook_name: 'blocks.0.hook_resid_pre',
    architecture: 'standard',
  };
  writeFileSync(join(folder, 'cfg.json'), JSON.stringify(cfg));
  writeFileSync(
    join(folder, 'sae_weights.safetensors'),
    state([
      ['W_enc', [40, 16]],
      ['W_dec', [40, 16]],
      ['b_enc', [40]],
      ['b_dec', [16]],
    ]),
  );
  const { sources } = await importDictionaries(folder, NOTHING_ASKED, context);
  expect(sources).toMatchObject([{ turned: ['W_enc'], info: { id: '0-saelens-swapped' } }]);
});

test('an encoder that can be no way round is refused with both shapes', async () => {
  const path = writeState('unfit', [
    ['W_enc', [12, 40]],
    ['W_dec', [40, 12]],
    ['b_enc', [40]],
    ['b_dec', [12]],
  ]);
  await expect(
    importDictionaries(path, { ...NOTHING_ASKED, layer: 0, model: 'random' }, context),
  ).rejects.toMatchObject({
    code: 'LOUPE_SHAPE_MISMATCH',
    message: expect.stringMatching(/12 values.*has 16/),
  });
});

test('a convention that explains more is suggested, with the line for the card', async () => {
  const { convention: _, ...unsaid } = cardOf('res-jb');
  const { sources } = await importGolden('conventions/res-jb', unsaid, {
    layer: LAYER,
    set: 'unsaid',
  });
  const [source] = sources;
  expect(source?.warnings.join(' ')).toMatch(/less than the mean alone/);
  expect(source?.warnings.join(' ')).toContain('"convention": "centred"');
  const { sets, sources: listed } = store.model('random');
  expect(sets.find(({ id }) => id === 'unsaid')).toMatchObject({
    imported: true,
    warnings: source?.warnings.map((warning) => `2-unsaid: ${warning}`),
  });
  const { explainedVariance } = listed.find(({ id }) => id === '2-unsaid') ?? {};
  expect(explainedVariance).toBe(source?.trial.stated.explainedVariance);
  const centred = source?.trial.others.find(
    ({ interpretation }) => interpretation.convention === 'centred',
  );
  const stated = await importGolden('conventions/res-jb', cardOf('res-jb'), {
    layer: LAYER,
    set: 'unsaid',
    force: true,
  });
  const measured = stated.sources[0]?.trial.stated.explainedVariance as number;
  expect(measured).toBeCloseTo(centred?.explainedVariance as number, 5);
  expect(measured).toBeGreaterThan((explainedVariance as number) + 0.1);
});

test('a dictionary that was not trained on the normalised input it states is told from it', async () => {
  const normalization = { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 } as const;
  const { sources } = await importGolden(
    'conventions/res-jb',
    { ...cardOf('res-jb'), normalization },
    { layer: LAYER, set: 'normalised' },
  );
  expect(sources[0]?.warnings.join(' ')).toMatch(
    /Read without normalising its input.*"normalization": \{"kind":"none"\}/,
  );
});

test('what is there is not replaced unasked, and a published set not added to', async () => {
  const again = (options: object) =>
    importGolden('conventions/res-jb', cardOf('res-jb'), { layer: LAYER, set: 'once', ...options });
  await again({});
  await expect(again({})).rejects.toMatchObject({ code: 'LOUPE_ID_TAKEN' });
  await expect(again({ set: 'a b' })).rejects.toMatchObject({ code: 'LOUPE_IMPORT_REFUSED' });
  await again({ force: true });
  const file = join(layout.setFolder('random', 'once'), 'set.json');
  writeFileSync(file, JSON.stringify({ name: 'Published' }));
  await expect(again({ force: true })).rejects.toMatchObject({ code: 'LOUPE_ID_TAKEN' });
});

test('a source that the user does not want after all is not stored', async () => {
  const { convention: _, ...unsaid } = cardOf('res-jb');
  const careful = { ...context, confirm: async () => false };
  const folder = join(scratch, 'conventions/res-jb');
  writeFileSync(join(folder, 'card.json'), JSON.stringify(unsaid));
  const options = { ...NOTHING_ASKED, layer: LAYER, set: 'unwanted' };
  const { sources } = await importDictionaries(folder, options, careful);
  expect(sources).toMatchObject([{ imported: false }]);
  expect(store.model('random').sets.map(({ id }) => id)).not.toContain('unwanted');
});
