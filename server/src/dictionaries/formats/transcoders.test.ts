import { expect, test } from 'vitest';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder, TensorReader } from '../format.ts';
import { findFormat } from './index.ts';

type Tensors = Record<string, number[]>;
type Files = Record<string, { tensors: Tensors } | { data: unknown }>;

/** A folder in memory; `tensors` gives shapes, values are all `fill`. */
function folder(files: Files, fill = 0): DictionaryFolder {
  const data = (file: string) => {
    const found = files[file];
    if (found && 'data' in found) return found.data;
    throw new Error(`${file} was not expected to be read`);
  };
  const openTensors = (file: string): TensorReader => {
    const found = files[file];
    if (!found || !('tensors' in found)) throw new Error(`${file} was not expected to be opened`);
    const { tensors } = found;
    return {
      names: Object.keys(tensors),
      info: (name) => ({ dtype: 'F32', shape: tensors[name] ?? [] }),
      readFloat32: (name) =>
        new Float32Array((tensors[name] ?? []).reduce((a, b) => a * b, 1)).fill(fill),
      close: () => undefined,
    };
  };
  return { path: 'set', files: Object.keys(files), readJson: data, readYaml: data, openTensors };
}

function read(files: Files, card: DictionaryCard, fill = 0) {
  const set = folder(files, fill);
  const format = findFormat(set, card);
  const config = format.describe(set, card);
  return { format: format.name, config, weights: format.load(set, card, config) };
}

const perLayer: Tensors = { W_enc: [5, 3], W_dec: [5, 3], b_enc: [5], b_dec: [3] };
const clt: Files = {
  'W_enc_1.safetensors': { tensors: { W_enc_1: [5, 3], b_enc_1: [5], b_dec_1: [3] } },
  'W_dec_1.safetensors': { tensors: { W_dec_1: [5, 2, 3] } },
};
const cfg = { k: 2, transcode: true, d_in: 3 };
const coder: Tensors = {
  'encoder.weight': [5, 3],
  'encoder.bias': [5],
  W_dec: [5, 3],
  b_dec: [3],
};
const sparsify = (config: object, tensors: Tensors = {}): Files => ({
  'cfg.json': { data: { ...cfg, ...config } },
  'sae.safetensors': { tensors: { ...coder, ...tensors } },
});
const clConfig = {
  num_layers: 2,
  num_features: 5,
  d_model: 3,
  activation_fn: 'relu',
  normalization_method: 'mean_std',
};
const moments = { mean: [0, 0, 0], std: [1, 1, 1] };
const statistics = { inputs: moments, targets: moments };
const crosslayer = (config: object, tensors: Tensors = {}, stats?: unknown): Files => ({
  'cfg.json': { data: { ...clConfig, ...config } },
  'clt.safetensors': {
    tensors: {
      'encoder_module.encoders.1.weight': [5, 3],
      'encoder_module.encoders.1.bias_param': [5],
      'decoder_module.decoders.0->1.bias_param': [3],
      'decoder_module.decoders.1->1.weight': [3, 5],
      'decoder_module.decoders.1->1.bias_param': [3],
      ...tensors,
    },
  },
  ...(stats !== undefined && { 'norm_stats.json': { data: stats } }),
});
const hook = 'blocks.1.hook_resid_mid';

test.each<[string, string, Files, DictionaryCard]>([
  ['a layer', 'circuit-tracer', { 'layer_1.safetensors': { tensors: perLayer } }, { layer: 1 }],
  ['a cross-layer set', 'circuit-tracer-clt', clt, { layer: 1 }],
  ['a folder of its own', 'sparsify', sparsify({}), { hook }],
  [
    'statistics',
    'crosslayer-coding',
    crosslayer({}, {}, { 0: statistics, 1: statistics }),
    { layer: 1 },
  ],
  [
    'no standardisation',
    'crosslayer-coding',
    crosslayer({ normalization_method: 'none' }),
    { layer: 1 },
  ],
])('%s: what the refusals below are compared with is read', (_, name, files, card) => {
  const { format, config } = read(files, card);
  expect(format).toBe(name);
  expect(config).toMatchObject({
    dIn: 3,
    dOut: 3,
    width: 5,
    hook,
    outputHook: 'blocks.1.hook_mlp_out',
  });
});

test.each<[string, RegExp, Files, DictionaryCard]>([
  ['a set without a layer', /which layer/, { 'layer_1.safetensors': { tensors: perLayer } }, {}],
  [
    'a TopK layer whose k nothing says',
    /"kind": "topk"/,
    { 'layer_1.safetensors': { tensors: { ...perLayer, k: [] } } },
    { layer: 1 },
  ],
  [
    'thresholds in logarithms',
    /log_thresholds/,
    { 'layer_1.safetensors': { tensors: { ...perLayer, log_thresholds: [5] } } },
    { layer: 1 },
  ],
  ['no hook', /"hook"/, sparsify({}), {}],
  ['GroupMax', /groupmax/, sparsify({ activation: 'groupmax' }), { hook }],
  ['signs', /signs/, sparsify({ signed: true }), { hook }],
  ['normalised input', /normalises/, sparsify({ normalize_io: true }), { hook }],
  ['divided writes', /divides/, sparsify({ divide_cross_layer: true }), { hook }],
  ['tied decoders', /tied/, sparsify({ per_source_tied: true }), { hook }],
  ['coalesced TopK', /several layers/, sparsify({ topk_coalesced: true }), { hook }],
  ['concatenated features', /concat/, sparsify({ coalesce_topk: 'concat' }), { hook }],
  ['scales after the encoder', /post_enc_scale/, sparsify({}, { post_enc_scale: [5] }), { hook }],
  ['one layer of several', /all of them/, sparsify({ n_sources: 2, n_targets: 3 }), { hook }],
  ['missing statistics', /norm_stats\.json/, crosslayer({}), { layer: 1 }],
  ['a batch TopK', /batchtopk/, crosslayer({ activation_fn: 'batchtopk' }, {}, {}), { layer: 1 }],
  [
    'a TopK over all layers',
    /topk_mode/,
    crosslayer({ activation_fn: 'topk', topk_k: 2, topk_mode: 'global' }, {}, {}),
    { layer: 1 },
  ],
  [
    'a share as k',
    /topk_k is 0.1/,
    crosslayer({ activation_fn: 'topk', topk_k: 0.1, topk_mode: 'per_layer' }, {}, {}),
    { layer: 1 },
  ],
  [
    'features scaled by target',
    /feature_scale/,
    crosslayer({}, { 'decoder_module.feature_scale.0': [5] }, {}),
    { layer: 1 },
  ],
])('%s is refused', (_, message, files, card) => {
  expect(() => read(files, card)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringMatching(message),
    }),
  );
});

test.each(['hook_resid_pre', 'blocks.{layer}.hook_resid_pre'])('config.yaml names %s', (name) => {
  const config = { data: { model_kind: 'cross_layer_transcoder', feature_input_hook: name } };
  const files: Files = { ...clt, 'config.yaml': config };
  expect(read(files, { layer: 1 }).config).toMatchObject({
    hook: 'blocks.1.hook_resid_pre',
    outputHook: 'blocks.1.hook_mlp_out',
    crossLayer: { first: 0, last: 2 },
  });
  const odd = { ...files, 'config.yaml': { data: { feature_input_hook: '../x' } } };
  expect(() => read(odd, { layer: 1 })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE' }),
  );
});

test('activations that are added to are refused, and what adds nothing is not', () => {
  const files = sparsify({}, { post_enc: [5] });
  expect(read(files, { hook }, 0).config.activationFunction).toEqual({ kind: 'topk', k: 2 });
  expect(() => read(files, { hook }, 1)).toThrow(/post_enc/);
});

test('a card gives the activation function where the files do not', () => {
  const files: Files = { 'layer_1.safetensors': { tensors: { ...perLayer, k: [] } } };
  const card: DictionaryCard = { layer: 1, activationFunction: { kind: 'topk', k: 4 } };
  expect(read(files, card).config.activationFunction).toEqual({ kind: 'topk', k: 4 });
});

test.each<[string, Files, DictionaryCard]>([
  [
    'a decoder of no fitting shape',
    { 'layer_1.safetensors': { tensors: { ...perLayer, W_dec: [4, 3] } } },
    { layer: 1 },
  ],
  [
    'an encoder that is no matrix',
    { 'layer_1.safetensors': { tensors: { ...perLayer, W_enc: [15] } } },
    { layer: 1 },
  ],
  [
    'a decoder of another width',
    { ...clt, 'W_dec_1.safetensors': { tensors: { W_dec_1: [4, 2, 3] } } },
    { layer: 1 },
  ],
])('%s is a mismatch of shapes', (_, files, card) => {
  expect(() => read(files, card)).toThrowError(
    expect.objectContaining({ code: 'LOUPE_SHAPE_MISMATCH' }),
  );
});

test.each<[string, Files]>([
  [
    'too few means',
    crosslayer({}, {}, { 0: statistics, 1: { ...statistics, inputs: { mean: [0], std: [1] } } }),
  ],
  [
    'a deviation of 0',
    crosslayer(
      {},
      {},
      { 0: statistics, 1: { ...statistics, inputs: { mean: [0, 0, 0], std: [1, 0, 1] } } },
    ),
  ],
  ['a layer without statistics', crosslayer({}, {}, { 0: statistics })],
  ['no object', crosslayer({}, {}, [])],
])('statistics with %s are a bad file', (_, files) => {
  expect(() => read(files, { layer: 1 })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE' }),
  );
});
