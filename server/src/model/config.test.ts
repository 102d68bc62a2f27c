import { readFileSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';
import { expect, test } from 'vitest';
import { parseModelConfig } from './config.ts';

const base = { model_type: 'gpt2', vocab_size: 50257, bos_token_id: 50256 };

function codeOf(json: unknown): string {
  try {
    parseModelConfig(json);
  } catch (error) {
    if (error instanceof LoupeError) return error.code;
    throw error;
  }
  return 'none';
}

test('reads the configuration of the demo', () => {
  const url = new URL('../../../data/demo/model/config.json', import.meta.url);
  expect(parseModelConfig(JSON.parse(readFileSync(url, 'utf8')))).toEqual({
    layers: 4,
    heads: 8,
    prunedHeads: new Map(),
    dModel: 192,
    dHead: 24,
    dMlp: 768,
    context: 256,
    vocabulary: 4096,
    epsilon: 1e-5,
    activationFunction: 'gelu_new',
    scaleAttention: true,
    scaleByInverseLayer: false,
    tiedHead: true,
    bosTokenId: 4095,
  });
});

test('fills in GPT-2 small for what the file leaves out', () => {
  expect(parseModelConfig({ architectures: ['GPT2Model'] })).toEqual({
    layers: 12,
    heads: 12,
    prunedHeads: new Map(),
    dModel: 768,
    dHead: 64,
    dMlp: 3072,
    context: 1024,
    vocabulary: 50257,
    epsilon: 1e-5,
    activationFunction: 'gelu_new',
    scaleAttention: true,
    scaleByInverseLayer: false,
    tiedHead: true,
    bosTokenId: null,
  });
});

test('a null n_inner is four times n_embd, and n_ctx stands in for n_positions', () => {
  const config = parseModelConfig({ ...base, n_embd: 96, n_inner: null, n_ctx: 77 });
  expect(config.dMlp).toBe(384);
  expect(config.context).toBe(77);
  expect(parseModelConfig({ ...base, n_inner: 100 }).dMlp).toBe(100);
  expect(parseModelConfig({ ...base, n_ctx: 77, n_positions: 78 }).context).toBe(78);
});

test.each([
  ['gelu_pytorch_tanh', 'gelu_new'],
  ['gelu_new', 'gelu_new'],
  ['gelu', 'gelu'],
  ['relu', 'relu'],
  ['swish', 'silu'],
  ['tanh', 'tanh'],
])('activation function %s is %s', (name, expected) => {
  expect(parseModelConfig({ ...base, activation_function: name }).activationFunction).toBe(
    expected,
  );
});

test('pruned heads are listed by layer, each once', () => {
  const pruned_heads = { 0: [], 3: [7, 1, 7], 11: [0] };
  expect(parseModelConfig({ ...base, pruned_heads }).prunedHeads).toEqual(
    new Map([
      [3, [1, 7]],
      [11, [0]],
    ]),
  );
  expect(parseModelConfig({ ...base, pruned_heads: null }).prunedHeads).toEqual(new Map());
});

test('the end-of-sequence id serves as BOS where it is the only one', () => {
  const { bos_token_id: id, ...rest } = base;
  expect(parseModelConfig({ ...rest, eos_token_id: id }).bosTokenId).toBe(50256);
  expect(parseModelConfig({ ...rest, eos_token_id: [7, id] }).bosTokenId).toBe(7);
  expect(parseModelConfig({ ...rest, bos_token_id: -1 }).bosTokenId).toBe(null);
});

test.each([
  [{ ...base, model_type: 'llama' }, '"llama"'],
  [{ vocab_size: 10 }, 'model_type missing'],
  [{ ...base, architectures: ['GPT2ForSequenceClassification'] }, 'GPT2ForSequenceClassification'],
  [{ ...base, activation_function: 'mish' }, '"mish"'],
  [{ ...base, add_cross_attention: true }, 'cross-attention'],
  [{ ...base, is_causal: false }, 'is_causal'],
  [{ ...base, quantization_config: { bits: 4 } }, 'quantised'],
  [{ ...base, n_head: 2, n_embd: 4, pruned_heads: { 3: [1, 0] } }, 'layer 3 no head'],
])('refuses what it cannot run: %j', (json, named) => {
  expect(codeOf(json)).toBe('LOUPE_UNSUPPORTED_MODEL');
  expect(() => parseModelConfig(json)).toThrow(named);
});

test.each([
  [null],
  [[]],
  ['gpt2'],
  [{ ...base, n_embd: -768 }],
  [{ ...base, n_embd: 768.5 }],
  [{ ...base, n_embd: '768' }],
  [{ ...base, n_layer: 0 }],
  [{ ...base, n_head: 7 }],
  [{ ...base, n_positions: 1e12 }],
  [{ ...base, bos_token_id: -2 }],
  [{ ...base, bos_token_id: '50256' }],
  [{ ...base, layer_norm_epsilon: 0 }],
  [{ ...base, layer_norm_epsilon: '1e-5' }],
  [{ ...base, scale_attn_weights: 1 }],
  [{ ...base, pruned_heads: [[1]] }],
  [{ ...base, pruned_heads: 'none' }],
  [{ ...base, pruned_heads: { 12: [1] } }],
  [{ ...base, pruned_heads: { '-1': [1] } }],
  [{ ...base, pruned_heads: { 1: [12] } }],
  [{ ...base, pruned_heads: { 1: 3 } }],
])('says where the file makes no sense: %j', (json) => {
  expect(codeOf(json)).toBe('LOUPE_BAD_FILE');
});

test.each([
  [{ ...base, n_embd: '768' }, 'n_embd is "768", where a whole number from 1 to 16777216 is'],
  [
    { ...base, layer_norm_epsilon: 2 },
    'layer_norm_epsilon is 2, where a number between 0 and 1 is',
  ],
  [{ ...base, scale_attn_weights: 1 }, 'scale_attn_weights is 1, where true or false is expected'],
  [{ ...base, bos_token_id: [{}] }, 'bos_token_id is a list, where the id of a token is expected'],
  [[], 'it is a list, where a JSON object is expected'],
])('names field, value and what may stand there: %j', (json, message) => {
  expect(() => parseModelConfig(json, 'a/config.json')).toThrow(`a/config.json: ${message}`);
});
