import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseModelConfig } from '../../server/src/model/config.ts';
import { Tokenizer } from '../../server/src/model/tokenizer.ts';
import { BYTE_SYMBOLS } from '../../server/src/model/tokenizer-bytes.ts';
import { gpt2Tensors } from '../../server/src/weights/gpt2-tensors.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';
import { writeSafetensors } from '../../server/src/weights/write-safetensors.ts';
import { mutated, mutatedJson, outcome } from './files-mutations.ts';

fc.configureGlobal({ seed: 20 });

const REFUSALS = ['LOUPE_BAD_FILE', 'LOUPE_SHAPE_MISMATCH', 'LOUPE_UNSUPPORTED_MODEL'];
const TEXT = ' the thé <|endoftext|>\ufeff\n';
const MODEL = { vocabulary: 300, bosTokenId: null };

const CONFIG = {
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  n_embd: 4,
  n_head: 2,
  n_layer: 1,
  n_positions: 8,
  vocab_size: 300,
  n_inner: 6,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 259,
  pruned_heads: { 0: [1] },
};
const VOCAB = {
  ...Object.fromEntries(BYTE_SYMBOLS.map((symbol, i) => [symbol, i])),
  Ġt: 256,
  he: 257,
  Ġthe: 258,
  '<|endoftext|>': 259,
};
const MERGES = '#version: 0.2\nĠ t\nh e\nĠt he\n';
const TOKENIZER = {
  added_tokens: [{ id: 259, content: '<|endoftext|>', special: true, lstrip: false }],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
  model: { type: 'BPE', dropout: null, merges: ['Ġ t', 'h e', 'Ġt he'] },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-faults-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whatever a tokenizer was made from, it either works or is refused. */
function tryTokenizer(make: () => Tokenizer): string {
  return outcome(() => {
    const tokenizer = make();
    const ids = tokenizer.encode(TEXT);
    expect(tokenizer.tokens(ids, TEXT).at(-1)?.end).toBe(TEXT.length);
  });
}

function counted(run: (count: (result: string) => void) => void): string[] {
  const seen = new Set<string>();
  run((result) => {
    expect([...REFUSALS, 'fine']).toContain(result);
    seen.add(result);
  });
  return [...seen].sort();
}

test('any change of config.json ends in a refusal or a sound configuration', () => {
  const seen = counted((count) =>
    fc.assert(
      fc.property(mutatedJson(CONFIG), (json) => {
        const result = outcome(() => {
          const { dModel, heads, dHead, epsilon, prunedHeads } = parseModelConfig(json);
          expect(heads * dHead).toBe(dModel);
          for (const gone of prunedHeads.values()) expect(gone.length).toBeLessThan(heads);
          expect(epsilon).toBeGreaterThan(0);
        });
        count(result);
      }),
      { numRuns: 5000 },
    ),
  );
  expect(seen).toEqual(['LOUPE_BAD_FILE', 'LOUPE_UNSUPPORTED_MODEL', 'fine']);
});

test('any change of tokenizer.json ends in a refusal or a sound tokenizer', () => {
  const seen = counted((count) =>
    fc.assert(
      fc.property(mutatedJson(TOKENIZER), (json) => {
        const file =
          typeof json === 'object' && json !== null && 'model' in json && isObject(json.model)
            ? { ...json, model: { vocab: VOCAB, ...json.model } }
            : json;
        count(tryTokenizer(() => Tokenizer.fromTokenizerJson(file, MODEL)));
      }),
      { numRuns: 1500 },
    ),
  );
  expect(seen).toEqual(['LOUPE_BAD_FILE', 'LOUPE_UNSUPPORTED_MODEL', 'fine']);
});

test('any change of vocab.json does', () => {
  const seen = counted((count) =>
    fc.assert(
      fc.property(mutatedJson({ ...VOCAB, unused: 270 }), (json) => {
        count(tryTokenizer(() => Tokenizer.fromFiles(json, MERGES, MODEL)));
      }),
      { numRuns: 500 },
    ),
  );
  expect(seen).toEqual(['LOUPE_BAD_FILE', 'LOUPE_UNSUPPORTED_MODEL', 'fine']);
});

test('any change of merges.txt does', () => {
  const seen = counted((count) =>
    fc.assert(
      fc.property(mutated(new TextEncoder().encode(MERGES)), (bytes) => {
        const merges = new TextDecoder().decode(bytes);
        count(tryTokenizer(() => Tokenizer.fromFiles(VOCAB, merges, MODEL)));
      }),
      { numRuns: 500 },
    ),
  );
  expect(seen).toEqual(['LOUPE_BAD_FILE', 'fine']);
});

test('a folder with any file damaged is refused or opens', () => {
  const files = new Map<string, Uint8Array>([
    ['config.json', new TextEncoder().encode(JSON.stringify(CONFIG))],
    ['vocab.json', new TextEncoder().encode(JSON.stringify(VOCAB))],
    ['merges.txt', new TextEncoder().encode(MERGES)],
    ['model.safetensors', weights()],
  ]);
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  expect(outcome(() => readModelFolder(folder).close())).toBe('fine');

  for (const [name, bytes] of files) {
    const seen = counted((count) =>
      fc.assert(
        fc.property(mutated(bytes), (damaged) => {
          writeFileSync(join(folder, name), damaged);
          count(outcome(() => readModelFolder(folder).close()));
        }),
        { numRuns: 300 },
      ),
    );
    expect(seen, name).toContain('LOUPE_BAD_FILE');
    writeFileSync(join(folder, name), bytes);
  }
});

test('an index of weights that is damaged is refused or opens', () => {
  const names = [...gpt2Tensors(parseModelConfig(CONFIG))].map(([name]) => name);
  const index = { weight_map: Object.fromEntries(names.map((name) => [name, 'part.safetensors'])) };
  writeFileSync(join(folder, 'part.safetensors'), weights());
  rmSync(join(folder, 'model.safetensors'));
  const path = join(folder, 'model.safetensors.index.json');
  const open = (json: unknown) => {
    writeFileSync(path, JSON.stringify(json) ?? '');
    return outcome(() => readModelFolder(folder).close());
  };
  expect(open(index)).toBe('fine');
  const seen = counted((count) =>
    fc.assert(
      fc.property(mutatedJson(index), (json) => {
        count(open(json));
      }),
      { numRuns: 500 },
    ),
  );
  expect(seen).toEqual(['LOUPE_BAD_FILE']);
  rmSync(path);
});

test('values nested without end are refused', () => {
  const nested = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  const { model_type: _, ...rest } = CONFIG;
  for (const name of Object.keys(CONFIG)) {
    if (name === 'architectures') continue; // a list without a known name is as good as none
    expect(REFUSALS).toContain(outcome(() => parseModelConfig({ ...CONFIG, [name]: nested })));
  }
  expect(REFUSALS).toContain(outcome(() => parseModelConfig({ ...rest, architectures: nested })));
  for (const json of [
    nested,
    { ...TOKENIZER, normalizer: nested },
    { ...TOKENIZER, pre_tokenizer: { type: 'Sequence', pretokenizers: nested } },
    { ...TOKENIZER, model: { ...TOKENIZER.model, vocab: VOCAB, merges: nested } },
    { ...TOKENIZER, added_tokens: [nested], model: { ...TOKENIZER.model, vocab: VOCAB } },
    { ...TOKENIZER, model: { ...TOKENIZER.model, vocab: { ...VOCAB, x1: nested } } },
  ]) {
    expect(REFUSALS).toContain(tryTokenizer(() => Tokenizer.fromTokenizerJson(json, MODEL)));
  }
});

function weights(): Uint8Array {
  const tensors = [...gpt2Tensors(parseModelConfig(CONFIG))].map(([name, shape]) => {
    const data = new Uint16Array(shape.reduce((a, b) => a * b));
    return [name, { dtype: 'F16', shape, data }] as const;
  });
  return writeSafetensors(Object.fromEntries(tensors));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
