import { expect, test } from 'vitest';
import { cardOfLayer, parseDictionaryCard } from './card.ts';

test('a card says how files are to be read', () => {
  const card = {
    format: 'state-dict',
    hook: 'blocks.3.hook_resid_pre',
    convention: 'centred',
    activationFunction: { kind: 'topk', k: 32 },
    normalization: { kind: 'factor', factor: 0.5 },
    tensors: { W_enc: { name: 'encoder.weight', transposed: true }, b_in: 'pre_bias' },
    variants: { 'raw-z': { convention: 'raw' } },
  };
  expect(parseDictionaryCard(card, 'card.json')).toBe(card);
});

test.each([
  ['no object', 'blocks.3.hook_resid_pre', /must be object/],
  ['a field that there is not', { hok: 'x' }, /hok is no known field/],
  ['a hook with other signs', { hook: 'blocks.3/../x' }, /hook/],
  ['an unknown convention', { convention: 'folded' }, /convention/],
  ['TopK without k', { activationFunction: { kind: 'topk' } }, /activationFunction/],
  ['a factor of zero', { normalization: { kind: 'factor', factor: 0 } }, /normalization/],
  ['a file elsewhere', { weights: '../sae.pt' }, /weights/],
  [
    'a variant whose name is no part of an id',
    { variants: { 'raw z': { convention: 'raw' } } },
    /./,
  ],
])('%s is refused, saying where', (_, json, message) => {
  expect(() => parseDictionaryCard(json, 'card.json')).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_BAD_FILE',
      message: expect.stringMatching(new RegExp(`card\\.json.*${message.source}`)),
    }),
  );
});

test('a card of a layer has its number in place of {layer}, and what the layer says of itself', () => {
  const card = {
    hook: 'blocks.{layer}.hook_resid_pre',
    outputHook: 'blocks.{layer}.hook_mlp_out',
    weights: 'layer_{layer}.pt',
    tensors: { W_enc: { name: 'encoders.{layer}.{layer}', transposed: false } },
  };
  expect(cardOfLayer(card, 7, { outputHook: 'blocks.{layer}.hook_resid_post' })).toEqual({
    layer: 7,
    hook: 'blocks.7.hook_resid_pre',
    outputHook: 'blocks.7.hook_resid_post',
    weights: 'layer_7.pt',
    tensors: { W_enc: { name: 'encoders.7.7', transposed: false } },
  });
});
