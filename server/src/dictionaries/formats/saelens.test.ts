import { expect, test } from 'vitest';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder } from '../format.ts';
import { findFormat } from './index.ts';
import { memoryFolder, type Shapes } from './memory-folder.fixture.ts';
import { saelens } from './saelens.ts';

/** A published folder in memory. */
function folder(data: unknown, tensors: Shapes = {}): DictionaryFolder {
  return memoryFolder({ 'cfg.json': { data }, 'sae_weights.safetensors': { tensors } });
}

const base = { d_in: 2, d_sae: 3, hook_name: 'blocks.1.attn.hook_z' };
const shapes: Shapes = { W_enc: [2, 3], W_dec: [3, 2], b_enc: [3], b_dec: [2] };

test.each([
  ['at the top level', base],
  ['under metadata', { ...base, hook_name: undefined, metadata: { hook_name: base.hook_name } }],
  ['as hook_point, in old files', { ...base, hook_name: undefined, hook_point: base.hook_name }],
])('the hook is found %s', (_, config) => {
  expect(saelens.describe(folder(config), {})).toMatchObject({
    hook: base.hook_name,
    outputHook: base.hook_name,
    width: 3,
    activationFunction: { kind: 'relu' },
    normalization: { kind: 'none' },
  });
});

test('b_dec is taken off the input of a standard autoencoder, and not of a transcoder', () => {
  const load = (config: object) => {
    const files = folder(config, shapes);
    return saelens.load(files, {}, saelens.describe(files, {}));
  };
  expect(load(base).bIn).toEqual(Float32Array.of(0, 1));
  expect(load({ ...base, apply_b_dec_to_input: false }).bIn).toBeUndefined();
  expect(load({ ...base, architecture: 'transcoder' }).bIn).toBeUndefined();
});

test.each([
  ['an unknown architecture', { ...base, architecture: 'abstopk' }, 'LOUPE_UNSUPPORTED_DICTIONARY'],
  [
    'an unknown activation function',
    { ...base, activation_fn: 'tanh' },
    'LOUPE_UNSUPPORTED_DICTIONARY',
  ],
  [
    'an unknown normalisation',
    { ...base, normalize_activations: 'magic' },
    'LOUPE_UNSUPPORTED_DICTIONARY',
  ],
  ['TopK without k', { ...base, architecture: 'topk' }, 'LOUPE_UNSUPPORTED_DICTIONARY'],
  ['no hook', { ...base, hook_name: undefined }, 'LOUPE_UNSUPPORTED_DICTIONARY'],
  ['sizes that are no numbers', { ...base, d_sae: 'wide' }, 'LOUPE_BAD_FILE'],
  ['a list', [1, 2], 'LOUPE_BAD_FILE'],
])('%s is refused', (_, config, code) => {
  expect(() => saelens.describe(folder(config), {})).toThrowError(
    expect.objectContaining({ code }),
  );
});

test('tensors that are missing or of another shape are refused by name', () => {
  const load = (tensors: Shapes) => {
    const files = folder(base, tensors);
    return saelens.load(files, {}, saelens.describe(files, {}));
  };
  expect(() => load({ ...shapes, W_dec: [2, 3] })).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_SHAPE_MISMATCH',
      message: expect.stringMatching(/W_dec is \[2, 3\].*\[3, 2\]/),
    }),
  );
  const { b_enc: _, ...without } = shapes;
  expect(() => load(without)).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE', message: expect.stringContaining('b_enc') }),
  );
});

test.each<[string, object, Shapes, string]>([
  ['a threshold under "standard"', {}, { threshold: [3] }, 'threshold'],
  [
    'a skip connection under "transcoder"',
    { architecture: 'transcoder' },
    { W_skip: [2, 2] },
    'W_skip',
  ],
  [
    'a gate under "jumprelu"',
    { architecture: 'jumprelu' },
    { threshold: [3], b_gate: [3] },
    'b_gate',
  ],
  ['a tensor of no known part', {}, { W_more: [2, 2] }, 'W_more'],
])('%s is refused: it would be left out', (_, config, more, name) => {
  const load = (tensors: Shapes) => {
    const files = folder({ ...base, ...config }, tensors);
    return saelens.load(files, {}, saelens.describe(files, {}));
  };
  expect(() => load({ ...shapes, ...more })).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringContaining(`it has ${name}`),
    }),
  );
});

test('fields that are null are as if they were not there', () => {
  const nulls = { hook_name_out: null, k: null, activation_fn_kwargs: null, d_out: null };
  const config = {
    ...base,
    ...nulls,
    normalize_activations: null,
    metadata: { hook_name_out: null },
  };
  expect(saelens.describe(folder(config), {})).toEqual(saelens.describe(folder(base), {}));
});

test.each([
  ['a head of the residual stream', { hook_name: 'blocks.1.hook_resid_pre', hook_head_index: 0 }],
  ['a head that is normalised', { hook_head_index: 1, normalize_activations: 'layer_norm' }],
  [
    'a transcoder that normalises its input alone',
    { architecture: 'transcoder', normalize_activations: 'layer_norm' },
  ],
  [
    'values folded without LayerNorm',
    { model_from_pretrained_kwargs: { fold_value_biases: true } },
  ],
  ['whitening whose matrix is not there', { normalize_activations: 'covariance_whitening' }],
])('%s is refused', (_, config) => {
  expect(() => saelens.describe(folder({ ...base, ...config }), {})).toThrowError(
    expect.objectContaining({ code: 'LOUPE_UNSUPPORTED_DICTIONARY' }),
  );
});

test('each head of an input that all share reads the whole', () => {
  const config = { ...base, hook_name: 'blocks.1.hook_q_input', hook_head_index: 1 };
  const described = saelens.describe(folder(config), {});
  expect(described.hook).toBe('blocks.1.hook_resid_pre');
  expect(described.oneHead).toBeUndefined();
});

test('what the card says goes before', () => {
  const card: DictionaryCard = {
    hook: 'blocks.7.hook_mlp_out',
    convention: 'centred',
    activationFunction: { kind: 'topk', k: 4 },
    normalization: { kind: 'factor', factor: 2 },
  };
  const config = { ...base, normalize_activations: 'expected_average_only_in' };
  expect(saelens.describe(folder(config), card)).toMatchObject({
    ...card,
    outputHook: 'blocks.7.hook_mlp_out',
  });
});

test('a factor that the files do not hold is asked for', () => {
  const config = { ...base, normalize_activations: 'expected_average_only_in' };
  expect(() => saelens.describe(folder(config), {})).toThrowError(/factor.*card/);
});

test.each([
  ['raw where nothing is said', 'blocks.1.hook_resid_pre', undefined, 'raw'],
  ['centred', 'blocks.1.hook_resid_pre', { center_writing_weights: true }, 'centred'],
  ['raw at a head', 'blocks.1.attn.hook_z', { center_writing_weights: true }, 'raw'],
  [
    'folded at a head',
    'blocks.1.attn.hook_z',
    { fold_ln: true, fold_value_biases: true },
    'value-bias-removed',
  ],
  ['raw with null', 'blocks.1.hook_resid_pre', null, 'raw'],
])(
  'the convention is that of the model it was trained on: %s',
  (_, hook_name, loading, expected) => {
    const config = { ...base, hook_name, model_from_pretrained_kwargs: loading };
    expect(saelens.describe(folder(config), {}).convention).toBe(expected);
  },
);

test('b_dec_out, where it is used, is the bias of the output, and b_dec that of the input', () => {
  const files = folder({ ...base, use_b_dec_out: true }, { ...shapes, b_dec_out: [2] });
  const { bIn, bOut } = saelens.load(files, {}, saelens.describe(files, {}));
  expect([bIn, bOut]).toEqual([Float32Array.of(0, 1), Float32Array.of(0, 1)]);
  const without = folder({ ...base, use_b_dec_out: true }, shapes);
  expect(() => saelens.load(without, {}, saelens.describe(without, {}))).toThrowError(/b_dec_out/);
});

test('scaling_factor weighs rows of the decoder where it is used, and else must be ones', () => {
  const load = (config: object) => {
    const files = folder(config, { ...shapes, scaling_factor: [3] });
    return saelens.load(files, {}, saelens.describe(files, {}));
  };
  expect(load({ ...base, finetuning_scaling_factor: true }).decoder).toEqual(
    Float32Array.of(0, 0, 2, 3, 8, 10),
  );
  expect(() => load(base)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringContaining('scaling_factor'),
    }),
  );
});

test('a format that there is not is refused, naming the formats', () => {
  expect(() => findFormat(folder({}), { format: 'onnx' })).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringMatching(/"onnx".*saelens, /),
    }),
  );
});

test('a folder of no known format is refused, naming the formats', () => {
  expect(() => findFormat({ ...folder({}), files: [] }, {})).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringContaining('saelens'),
    }),
  );
});
