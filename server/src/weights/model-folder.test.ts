import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LoupeError } from '@loupe/shared';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseModelConfig } from '../model/config.ts';
import { BYTE_SYMBOLS } from '../model/tokenizer-bytes.ts';
import { gpt2Tensors } from './gpt2-tensors.ts';
import { readModelFolder } from './model-folder.ts';
import { TorchFile } from './pytorch/torch-file.ts';
import { type TensorBytes, writeSafetensors } from './write-safetensors.ts';

const DEMO = fileURLToPath(new URL('../../../data/demo/model', import.meta.url));

const CONFIG = {
  model_type: 'gpt2',
  n_embd: 4,
  n_head: 2,
  n_layer: 2,
  n_positions: 8,
  vocab_size: 257,
  n_inner: 6,
  bos_token_id: 256,
  tie_word_embeddings: true,
};
const VOCAB = {
  ...Object.fromEntries(BYTE_SYMBOLS.map((symbol, i) => [symbol, i])),
  '<|endoftext|>': 256,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-model-'));
  writeJson('config.json', CONFIG);
  writeJson('vocab.json', VOCAB);
  writeFileSync(join(folder, 'merges.txt'), '#version: 0.2\n');
  writeWeights(tensors());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeJson(name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}

function writeWeights(file: Record<string, TensorBytes>): void {
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(file));
}

/** Every tensor of the tiny model, each filled with its own number. */
function tensors(config: object = CONFIG, prefix = ''): Record<string, TensorBytes> {
  const all = [...gpt2Tensors(parseModelConfig(config))];
  return Object.fromEntries(
    all.map(([name, shape], i) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(i);
      return [name === 'lm_head.weight' ? name : prefix + name, { dtype: 'F32', shape, data }];
    }),
  );
}

function refusal(): LoupeError {
  try {
    readModelFolder(folder).close();
  } catch (error) {
    if (error instanceof LoupeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('opens the demo', () => {
  const { config, tokenizer, weights, close } = readModelFolder(DEMO);
  expect(config.layers).toBe(4);
  expect(tokenizer.encode('When Mary and John')).toEqual([978, 1290, 269, 1028]);
  expect(weights.has('lm_head.weight')).toBe(false);
  expect(weights.read('h.3.mlp.c_proj.weight')).toHaveLength(768 * 192);
  close();
});

test.each(['', 'transformer.'])('names without "transformer." find tensors with "%s"', (prefix) => {
  const mask = { dtype: 'U8', shape: [1, 1, 8, 8], data: new Uint8Array(64) } as const;
  const scalar = { dtype: 'F32', shape: [], data: new Float32Array(1) } as const;
  writeWeights({
    ...tensors(CONFIG, prefix),
    [`${prefix}h.0.attn.bias`]: mask,
    [`${prefix}h.1.attn.masked_bias`]: scalar,
  });
  const { weights, close } = readModelFolder(folder);
  const names = [...gpt2Tensors(parseModelConfig(CONFIG))].map(([name]) => name);
  names.forEach((name, i) => {
    expect(weights.has(name)).toBe(true);
    expect(new Set(weights.read(name))).toEqual(new Set([i]));
  });
  expect(weights.has('h.0.attn.bias')).toBe(false);
  close();
});

test('a separate head is read where the configuration says that it is not tied', () => {
  const untied = { ...CONFIG, tie_word_embeddings: false };
  for (const prefix of ['', 'transformer.']) {
    writeWeights(tensors(untied, prefix));
    expect(weightsHaveHead()).toBe(false);
    writeJson('config.json', untied);
    expect(weightsHaveHead()).toBe(true);
    writeJson('config.json', CONFIG);
  }
  function weightsHaveHead(): boolean {
    const { weights, close } = readModelFolder(folder);
    const found = weights.has('lm_head.weight');
    if (found) expect(weights.read('lm_head.weight')).toHaveLength(257 * 4);
    close();
    return found;
  }
});

test('tokenizer.json goes before vocab.json', () => {
  writeJson('vocab.json', 'not a vocabulary');
  expect(refusal().code).toBe('LOUPE_BAD_FILE');
  writeJson('tokenizer.json', {
    pre_tokenizer: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: VOCAB, merges: [] },
  });
  const { tokenizer, close } = readModelFolder(folder);
  expect(tokenizer.encode('hi')).toEqual([104, 105]);
  close();
});

test('names the tensor that is missing', () => {
  const { 'h.1.mlp.c_fc.bias': _, ...rest } = tensors();
  writeWeights(rest);
  expect(refusal()).toMatchObject({
    code: 'LOUPE_BAD_FILE',
    message: expect.stringContaining('h.1.mlp.c_fc.bias'),
  });
  writeWeights(tensors());
  writeJson('config.json', { ...CONFIG, tie_word_embeddings: false });
  expect(refusal().message).toContain('lm_head.weight');
});

test('names the tensor of another shape, with both shapes', () => {
  const data = new Float32Array(24);
  writeWeights({ ...tensors(), 'h.0.mlp.c_fc.weight': { dtype: 'F32', shape: [6, 4], data } });
  expect(refusal()).toMatchObject({
    code: 'LOUPE_SHAPE_MISMATCH',
    message: expect.stringMatching(/h\.0\.mlp\.c_fc\.weight is \[6, 4\].*\[4, 6\]/),
  });
});

test('a configuration of more layers than anything could have ends at the first one missing', () => {
  writeJson('config.json', { ...CONFIG, n_layer: 2 ** 24 });
  expect(refusal().message).toContain('h.2.ln_1.weight');
});

test.each([
  ['a block more than the configuration has', 'h.2.ln_1.weight'],
  ['a part that GPT-2 does not have', 'h.0.crossattention.c_attn.weight'],
])('refuses %s', (_, name) => {
  const extra = { dtype: 'F32', shape: [1], data: new Float32Array(1) } as const;
  writeWeights({ ...tensors(), [name]: extra });
  expect(refusal()).toMatchObject({
    code: 'LOUPE_UNSUPPORTED_MODEL',
    message: expect.stringContaining(name),
  });
});

test('refuses weights that are not floats', () => {
  const data = new Int8Array(4);
  writeWeights({ ...tensors(), 'ln_f.bias': { dtype: 'I8', shape: [4], data } });
  expect(refusal()).toMatchObject({
    code: 'LOUPE_UNSUPPORTED_MODEL',
    message: expect.stringContaining('ln_f.bias'),
  });
});

test('a block takes its heads and its MLP from the weights where they are fewer', () => {
  const narrow = {
    ...tensors({ ...CONFIG, n_inner: 5, pruned_heads: { 0: [1] } }),
    ...only(tensors({ ...CONFIG, n_inner: 2 }), 'h.1.mlp'),
  };
  writeWeights(narrow);
  expect(blocks()).toEqual([
    { heads: 1, dMlp: 5 },
    { heads: 2, dMlp: 2 },
  ]);
  writeJson('config.json', { ...CONFIG, pruned_heads: { 0: [0] } });
  expect(blocks()).toHaveLength(2);
  writeJson('config.json', { ...CONFIG, pruned_heads: { 1: [0] } });
  expect(refusal()).toMatchObject({
    code: 'LOUPE_SHAPE_MISMATCH',
    message: expect.stringMatching(/h\.1\.attn\.c_attn\.weight is \[4, 12\].*\[4, 6\]/),
  });

  function only(all: Record<string, TensorBytes>, start: string): Record<string, TensorBytes> {
    return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(start)));
  }
  function blocks() {
    const { weights, close } = readModelFolder(folder);
    close();
    return weights.blocks;
  }
});

test.each([
  ['wider than the configuration says', 'h.1.mlp.c_fc.weight', [4, 7]],
  ['that no whole heads make', 'h.1.attn.c_attn.weight', [4, 9]],
  ['with more heads than the configuration says', 'h.1.attn.c_attn.weight', [4, 18]],
  ['narrower than its bias', 'h.1.mlp.c_fc.weight', [4, 3]],
  ['of nothing', 'h.1.mlp.c_fc.weight', [4, 0]],
])('refuses a matrix %s', (_, name, shape) => {
  const data = new Float32Array(shape.reduce((a, b) => a * b));
  writeWeights({ ...tensors(), [name]: { dtype: 'F32', shape, data } });
  expect(refusal()).toMatchObject({
    code: 'LOUPE_SHAPE_MISMATCH',
    message: expect.stringContaining('h.1.'),
  });
});

test('weights of PyTorch are read as those of a safetensors file are, whole or in several files', () => {
  const bin = fileURLToPath(
    new URL('../../../tests/golden/checkpoints/pruned-bin', import.meta.url),
  );
  for (const name of ['config.json', 'pytorch_model.bin'])
    cpSync(join(bin, name), join(folder, name));
  rmSync(join(folder, 'model.safetensors'));
  const whole = readModelFolder(folder);
  expect(whole.weights.blocks).toEqual([
    { heads: 4, dMlp: 64 },
    { heads: 1, dMlp: 20 },
  ]);
  const file = TorchFile.open(join(folder, 'pytorch_model.bin'));
  file.close();
  cpSync(join(folder, 'pytorch_model.bin'), join(folder, 'pytorch_model-1.bin'));
  rmSync(join(folder, 'pytorch_model.bin'));
  const weight_map = Object.fromEntries(file.names.map((name) => [name, 'pytorch_model-1.bin']));
  writeJson('pytorch_model.bin.index.json', { weight_map });
  const cut = readModelFolder(folder);
  const name = 'h.1.mlp.c_fc.weight';
  expect(cut.weights.read(name)).toEqual(whole.weights.read(name));
  cut.close();
  whole.close();
});

test.each(['config.json', 'vocab.json', 'merges.txt', 'model.safetensors'])(
  'names %s when it is missing or is no file',
  (name) => {
    const path = join(folder, name);
    rmSync(path);
    expect(refusal()).toMatchObject({
      code: 'LOUPE_BAD_FILE',
      message: expect.stringContaining(path),
    });
    cpSync(DEMO, path, { recursive: true });
    expect(refusal()).toMatchObject({
      code: 'LOUPE_BAD_FILE',
      message: expect.stringContaining(path),
    });
  },
);

test('names the file that is not UTF-8 or not JSON', () => {
  writeFileSync(join(folder, 'vocab.json'), Buffer.from([0x22, 0xff, 0x22]));
  expect(refusal().message).toContain('vocab.json');
  writeFileSync(join(folder, 'vocab.json'), '{"a":');
  expect(refusal().message).toContain('vocab.json');
});

test('names the folder of a tokenizer that does not fit the model', () => {
  writeJson('vocab.json', { ...VOCAB, extra: 300 });
  expect(refusal()).toMatchObject({
    code: 'LOUPE_BAD_FILE',
    message: expect.stringContaining(folder),
  });
});
