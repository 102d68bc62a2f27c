import { expect, test } from 'vitest';
import { findFormat } from '../dictionaries/formats/index.ts';
import { parseHook } from '../model/hooks.ts';
import { readCatalogue, type SetEntry } from './catalogue.ts';

const { models, sets } = readCatalogue();

function find(id: string): SetEntry {
  const set = sets.find((candidate) => candidate.id === id);
  if (!set) throw new Error(`no set ${id}`);
  return set;
}

/** Paths of all files of a set, layer by layer. */
function paths(id: string): string[] {
  return find(id).layers.flatMap(({ files }) => files.map(({ path }) => path));
}

test.each([
  ['gpt2-small', 124_439_808],
  ['gpt2-medium', 354_823_168],
  ['gpt2-large', 774_030_080],
  ['gpt2-xl', 1_557_611_200],
  ['distilgpt2', 81_912_576],
])('%s is there with %i parameters', (id, parameters) => {
  expect(models.find((model) => model.id === id)?.parameters).toBe(parameters);
});

test.each([
  ['att-kk', 12, 24_576, 'attn.hook_z', 'attn.hook_z', 'value-bias-removed'],
  ['tres-dc', 12, 24_576, 'ln2.hook_normalized', 'hook_mlp_out', 'centred'],
  ['tres-dc-safetensors', 9, 24_576, 'ln2.hook_normalized', 'hook_mlp_out', 'centred'],
  ['res-jb', 13, 24_576, 'hook_resid_pre', 'hook_resid_pre', 'centred'],
  ...[768, 1536, 3072, 6144, 12_288, 24_576, 49_152, 98_304].map((width) => [
    `res_fs${width}-jb`,
    1,
    width,
    'hook_resid_pre',
    'hook_resid_pre',
    'centred',
  ]),
  ...['attn_out', 'mlp_out', 'resid_mid', 'resid_post'].flatMap((site) =>
    [32_768, 131_072].map((width) => {
      const name = site.replace('resid', 'res').replace('attn', 'att').replace('_out', '');
      const id = `${name}_${width / 1024}k-oai`;
      return [id, 12, width, `hook_${site}`, `hook_${site}`, 'raw'];
    }),
  ),
  ['mlp-tm', 12, 24_576, 'hook_mlp_out', 'hook_mlp_out', 'centred'],
  ...['sce', 'scefr', 'scl', 'sle', 'slefr', 'sll'].map((study) => [
    `res_${study}-ajt`,
    3,
    46_080,
    'hook_resid_pre',
    'hook_resid_pre',
    'centred',
  ]),
] as const)('%s has %i layers of %i features', (...expected) => {
  const [id, count, width, hook, outputHook, convention] = expected;
  const { layers } = find(id as string);
  expect(layers).toHaveLength(count as number);
  for (const { layer, width: announced, card } of layers) {
    const wide = id === 'att-kk' && (layer === 5 || layer === 7);
    expect(announced).toBe(wide ? 49_152 : width);
    if (layer === 12) continue;
    expect(card.hook).toBe(`blocks.${layer}.${hook}`);
    expect(card.outputHook ?? card.hook).toBe(`blocks.${layer}.${outputHook}`);
    expect(card.convention).toBe(convention);
  }
});

test('there is no set beside those', () => {
  expect(sets).toHaveLength(5 + 8 + 8 + 6);
});

test.each(sets.flatMap(({ layers }) => layers.map((layer) => [layer.source, layer] as const)))(
  '%s names a hook of the model, a format, and files of one folder',
  (_, { card, files }) => {
    for (const hook of [card.hook, card.outputHook ?? card.hook]) {
      expect(parseHook(hook)?.layer).toBeLessThan(12);
    }
    const names = files.map(({ path }) => path.split('/').at(-1) as string);
    expect(new Set(names).size).toBe(names.length);
    expect(files.every(({ path }) => !path.includes('{'))).toBe(true);
    const folder = { path: '', files: names, readJson: never, readYaml: never, openTensors: never };
    expect(findFormat(folder, card).recognizes(folder)).toBe(true);
  },
);

function never(): never {
  throw new Error('nothing is to be read');
}

test('what `pull gpt2-small` takes by default are the attention SAEs and the MLP transcoders', () => {
  expect(sets.filter((set) => set.default).map(({ id }) => id)).toEqual(['att-kk', 'tres-dc']);
});

test('the attention SAEs have the names under which they were trained', () => {
  const trained = [
    ['1.80e+00', 24_576, '1.00e-06', 9],
    ['8.00e-01', 24_576, '1.00e-06', 5],
    ['1.00e+00', 24_576, '1.00e-06', 4],
    ['9.00e-01', 24_576, '1.00e-06', 9],
    ['1.10e+00', 24_576, '1.00e-06', 7],
    ['1.00e+00', 49_152, '1.00e-06', 9],
    ['1.10e+00', 24_576, '1.00e-06', 9],
    ['1.10e+00', 49_152, '1.00e-06', 9],
    ['1.30e+00', 24_576, '1.00e-05', 6],
    ['1.20e+00', 24_576, '1.00e-06', 9],
    ['1.30e+00', 24_576, '1.00e-05', 9],
    ['3.00e+00', 24_576, '3.16e-06', 9],
  ].map(
    ([l1, width, dc, version], layer) =>
      `gpt2-small_L${layer}_Hcat_z_lr1.20e-03_l1${l1}_ds${width}_bs4096_dc${dc}_` +
      `rsanthropic_rie25000_nr4_v${version}`,
  );
  expect(paths('att-kk')).toEqual(trained.flatMap((stem) => [`${stem}.pt`, `${stem}_cfg.json`]));
});

test('of the OpenAI copies only one repository has folders that end in .pt', () => {
  const oai = sets.filter(({ id }) => id.endsWith('-oai'));
  const odd = oai.filter(({ layers }) => layers[0]?.files[0]?.path.includes('.pt/'));
  expect(odd.map(({ repository }) => repository)).toEqual([
    'jbloom/GPT2-Small-OAI-v5-32k-resid-post-SAEs',
  ]);
  expect(paths('res_post_32k-oai')[6]).toBe('v5_32k_layer_3.pt/cfg.json');
  expect(paths('att_128k-oai')[3]).toBe('v5_128k_layer_1/sae_weights.safetensors');
});

test('MLP output SAEs have a factor each, and their versions', () => {
  const { layers } = find('mlp-tm');
  const factors = layers.map(({ card: { normalization } }) =>
    normalization?.kind === 'factor' ? Number(normalization.factor.toFixed(4)) : undefined,
  );
  expect(factors).toEqual([
    1.0493, 2.3694, 1.6412, 1.8959, 1.8167, 1.5502, 1.3238, 1.1043, 0.9124, 0.6955, 0.362, 0.2852,
  ]);
  const versions = paths('mlp-tm').map((path) => /:v(\d)\//.exec(path)?.[1]);
  expect(versions.filter((_, i) => i % 2 === 0).join('')).toBe('100000001002');
});

test('the residual stream after the last layer is 12-res-jb, as Neuronpedia has it', () => {
  expect(find('res-jb').layers.at(-1)).toMatchObject({
    source: '12-res-jb',
    card: { hook: 'blocks.11.hook_resid_post' },
    files: [
      { path: 'blocks.11.hook_resid_post/cfg.json' },
      { path: 'blocks.11.hook_resid_post/sae_weights.safetensors' },
    ],
  });
});

test('the transcoders are pickles of one revision, the copies safetensors of a known size', () => {
  expect(find('tres-dc').revision).toBe('4f3ca345572ce2d75018a60d10b4dca8bd899e99');
  expect(paths('tres-dc')[11]).toBe(
    'final_sparse_autoencoder_gpt2-small_blocks.11.ln2.hook_normalized_24576.pt',
  );
  // An encoder, a decoder and two biases in float32, and the header.
  const bytes = find('tres-dc-safetensors').layers[0]?.files[1]?.bytes as number;
  expect(bytes - 4 * (2 * 768 * 24_576 + 24_576 + 768)).toBeGreaterThan(0);
  expect(bytes - 4 * (2 * 768 * 24_576 + 24_576 + 768)).toBeLessThan(4096);
});
