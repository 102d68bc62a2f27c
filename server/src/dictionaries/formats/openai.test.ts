import { expect, test } from 'vitest';
import { findFormat } from './index.ts';
import { memoryFolder, type Shapes } from './memory-folder.fixture.ts';
import { openai } from './openai.ts';

const SHAPES: Shapes = {
  'encoder.weight': [3, 2],
  'decoder.weight': [2, 3],
  latent_bias: [3],
  pre_bias: [2],
};
const CARD = { hook: 'blocks.1.hook_resid_post' };
const folder = (data?: unknown) => memoryFolder({ '1.pt': { tensors: SHAPES, data } });

test('a folder is known by the names of its tensors', () => {
  expect(findFormat(folder(), {}).name).toBe('openai');
  const other = memoryFolder({ '1.pt': { tensors: { 'encoder.weight': [3, 2] } } });
  expect(findFormat(other, {}).name).toBe('state-dict');
});

test('TopK comes with a LayerNorm of unbiased deviation, ReLU with none', () => {
  const topK = { activation: 'TopK', activation_state_dict: { k: 32, postact_fn: 'ReLU' } };
  expect(openai.describe(folder(topK), CARD)).toEqual({
    dIn: 2,
    dOut: 2,
    width: 3,
    hook: 'blocks.1.hook_resid_post',
    outputHook: 'blocks.1.hook_resid_post',
    convention: 'raw',
    normalization: { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 },
    activationFunction: { kind: 'topk', k: 32 },
  });
  expect(openai.describe(folder({ activation: 'ReLU' }), CARD)).toMatchObject({
    normalization: { kind: 'none' },
    activationFunction: { kind: 'relu' },
  });
});

test('matrices are turned, and the bias of the input is that of the output', () => {
  const config = openai.describe(folder(), CARD);
  expect(openai.load(folder(), CARD, config)).toEqual({
    encoder: Float32Array.of(0, 2, 4, 1, 3, 5),
    bEnc: Float32Array.of(0, 1, 2),
    decoder: Float32Array.of(0, 3, 1, 4, 2, 5),
    bOut: Float32Array.of(0, 1),
    bIn: Float32Array.of(0, 1),
  });
});

test.each([
  ['no hook', {}, {}, 'LOUPE_BAD_FILE', /"hook"/],
  [
    'an unknown activation function',
    { activation: 'GELU' },
    CARD,
    'LOUPE_UNSUPPORTED_DICTIONARY',
    /GELU/,
  ],
  ['TopK without k', { activation: 'TopK' }, CARD, 'LOUPE_UNSUPPORTED_DICTIONARY', /without k/],
  [
    'an activation function that is no text',
    { activation: 5 },
    CARD,
    'LOUPE_BAD_FILE',
    /activation/,
  ],
])('%s is refused', (_, data, card, code, message) => {
  expect(() => openai.describe(folder(data), card)).toThrowError(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});
