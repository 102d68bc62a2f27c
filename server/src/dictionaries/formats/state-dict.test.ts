import { expect, test } from 'vitest';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder } from '../format.ts';
import { memoryFolder, type Shapes } from './memory-folder.fixture.ts';
import { stateDict } from './state-dict.ts';

const SHAPES: Shapes = { W_enc: [2, 3], W_dec: [3, 2], b_enc: [3], b_dec: [2] };
const RELU: DictionaryCard = { activationFunction: { kind: 'relu' } };
const HOOK: DictionaryCard = { hook: 'blocks.1.hook_resid_pre' };
const CARD: DictionaryCard = { ...HOOK, ...RELU };
const TRANSCODER: DictionaryCard = {
  ...CARD,
  hook: 'blocks.1.ln2.hook_normalized',
  outputHook: 'blocks.1.hook_mlp_out',
};

function folder(tensors: Shapes = SHAPES, data?: unknown): DictionaryFolder {
  return memoryFolder({ 'sae.pt': { tensors, data } });
}

function load(files: DictionaryFolder, card: DictionaryCard) {
  return stateDict.load(files, card, stateDict.describe(files, card));
}

test('sizes are those of the matrices, the rest is what the card says', () => {
  expect(stateDict.describe(folder(), CARD)).toEqual({
    dIn: 2,
    dOut: 2,
    width: 3,
    hook: 'blocks.1.hook_resid_pre',
    outputHook: 'blocks.1.hook_resid_pre',
    convention: 'raw',
    normalization: { kind: 'none' },
    activationFunction: { kind: 'relu' },
  });
});

test('b_dec is taken off the input of an autoencoder, and not of a transcoder', () => {
  expect(load(folder(), CARD)).toMatchObject({
    bIn: Float32Array.of(0, 1),
    bOut: Float32Array.of(0, 1),
  });
  expect(load(folder(), { ...CARD, inputBias: false }).bIn).toBeUndefined();
  expect(load(folder(), TRANSCODER).bIn).toBeUndefined();
});

test('where there is b_dec_out, b_dec belongs to the input', () => {
  const { b_dec: _, ...others } = SHAPES;
  const shapes = { ...others, W_dec: [3, 4], b_dec: [2], b_dec_out: [4] };
  const { bIn, bOut } = load(folder(shapes), TRANSCODER);
  expect(bIn).toEqual(Float32Array.of(0, 1));
  expect(bOut).toEqual(Float32Array.of(0, 1, 2, 3));
});

test('tensors are found deeper in the file, or where the card says, with axes swapped', () => {
  const deep = Object.fromEntries(Object.entries(SHAPES).map(([k, v]) => [`model.sae.${k}`, v]));
  expect(load(folder(deep), CARD).encoder).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
  const tensors = {
    W_enc: { name: 'enc.weight', transposed: true },
    b_enc: 'enc.bias',
    W_dec: { name: 'dec.weight', transposed: true },
    b_out: 'dec.bias',
    b_in: 'centre',
  };
  const other = {
    'enc.weight': [3, 2],
    'enc.bias': [3],
    'dec.weight': [2, 3],
    'dec.bias': [2],
    centre: [2],
  };
  expect(load(folder(other), { ...CARD, tensors })).toEqual({
    encoder: Float32Array.of(0, 2, 4, 1, 3, 5),
    bEnc: Float32Array.of(0, 1, 2),
    decoder: Float32Array.of(0, 3, 1, 4, 2, 5),
    bOut: Float32Array.of(0, 1),
    bIn: Float32Array.of(0, 1),
  });
});

test('hooks are taken from the configuration in the file or beside it, where the card has none', () => {
  const cfg = {
    hook_point: 'blocks.4.ln2.hook_normalized',
    out_hook_point: 'blocks.4.hook_mlp_out',
  };
  expect(stateDict.describe(folder(SHAPES, { cfg, state_dict: {} }), RELU)).toMatchObject({
    hook: 'blocks.4.ln2.hook_normalized',
    outputHook: 'blocks.4.hook_mlp_out',
  });
  const beside = memoryFolder({
    'sae.pt': { tensors: SHAPES },
    'sae_cfg.json': { data: { act_name: 'blocks.4.attn.hook_z' } },
  });
  expect(stateDict.describe(beside, RELU)).toMatchObject({
    hook: 'blocks.4.attn.hook_z',
    outputHook: 'blocks.4.attn.hook_z',
  });
});

const { W_enc: _, ...withoutEncoder } = SHAPES;

test.each<[string, DictionaryFolder, DictionaryCard, string, RegExp]>([
  ['no hook', folder(), RELU, 'LOUPE_BAD_FILE', /"hook"/],
  ['no activation function', folder(), HOOK, 'LOUPE_BAD_FILE', /"activationFunction"/],
  ['a missing tensor', folder(withoutEncoder), CARD, 'LOUPE_BAD_FILE', /W_enc/],
  [
    'swapped axes',
    folder({ ...SHAPES, W_enc: [3, 2] }),
    CARD,
    'LOUPE_SHAPE_MISMATCH',
    /\[3, 2\].*transposed/,
  ],
  [
    'a bias of another length',
    folder({ ...SHAPES, b_enc: [2] }),
    CARD,
    'LOUPE_SHAPE_MISMATCH',
    /b_enc/,
  ],
  [
    'JumpReLU, of which libraries differ in what they take off the input',
    folder({ ...SHAPES, threshold: [3] }),
    { ...CARD, activationFunction: { kind: 'jumprelu' } },
    'LOUPE_BAD_FILE',
    /"inputBias"/,
  ],
  [
    'JumpReLU without thresholds',
    folder(),
    { ...CARD, activationFunction: { kind: 'jumprelu' }, inputBias: false },
    'LOUPE_BAD_FILE',
    /threshold/,
  ],
  [
    'two files to choose from',
    memoryFolder({ 'a.pt': { tensors: SHAPES }, 'b.pt': { tensors: SHAPES } }),
    CARD,
    'LOUPE_BAD_FILE',
    /a\.pt, b\.pt.*"weights"/,
  ],
])('%s is refused, saying what to do', (_, files, card, code, message) => {
  expect(() => load(files, card)).toThrowError(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test('of several files the card can name one', () => {
  const files = memoryFolder({ 'a.pt': {}, 'b.pt': { tensors: SHAPES } });
  expect(load(files, { ...CARD, weights: 'b.pt' }).bEnc).toHaveLength(3);
});
