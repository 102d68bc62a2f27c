import { expect, test } from 'vitest';
import type { DictionaryFolder, TensorReader } from '../format.ts';
import { findFormat } from './index.ts';
import { saelens } from './saelens.ts';

type Tensors = Record<string, number[]>;

/** A published folder in memory; `tensors` gives shapes, values count from 0. */
function folder(config: unknown, tensors: Tensors = {}): DictionaryFolder {
  const reader: TensorReader = {
    names: Object.keys(tensors),
    info: (name) => ({ dtype: 'F32', shape: tensors[name] ?? [] }),
    readFloat32: (name) =>
      Float32Array.from({ length: (tensors[name] ?? []).reduce((a, b) => a * b, 1) }, (_, i) => i),
    close: () => undefined,
  };
  return {
    path: 'some/folder',
    files: ['cfg.json', 'sae_weights.safetensors'],
    readJson: () => config,
    readYaml: () => config,
    openTensors: () => reader,
  };
}

const base = { d_in: 2, d_sae: 3, hook_name: 'blocks.1.attn.hook_z' };
const shapes: Tensors = { W_enc: [2, 3], W_dec: [3, 2], b_enc: [3], b_dec: [2] };

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
  ['an unknown architecture', { ...base, architecture: 'gated' }, 'LOUPE_UNSUPPORTED_DICTIONARY'],
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
  const load = (tensors: Tensors) => {
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

test('a folder of no known format is refused, naming the formats', () => {
  expect(() => findFormat({ ...folder({}), files: [] }, {})).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringContaining('saelens'),
    }),
  );
});
