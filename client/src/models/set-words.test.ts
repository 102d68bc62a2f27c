import { expect, test } from 'vitest';
import { mergeModels, type SetEntry } from '../stores/models/entries.ts';
import { installed, offered, source } from '../stores/models/models.fixture.ts';
import { activationWords, dictionaryKind, hooks, inputWords, widths } from './set-words.ts';

function set(id: string, sources: Parameters<typeof installed>[0] = []): SetEntry {
  const [model] = mergeModels([installed(sources)], [offered]);
  const found = model?.sets.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

test('a set that writes where it reads is made of autoencoders, another of transcoders', () => {
  expect(dictionaryKind(set('att'))).toBe('SAE');
  expect(dictionaryKind(set('mlp'))).toBe('transcoder');
});

test('hooks of what is installed are told for all layers at once', () => {
  const own = set('own', [source('own', 1, { outputHook: 'blocks.1.hook_mlp_out' })]);
  expect(hooks(own)).toEqual({
    reads: 'blocks.{layer}.attn.hook_z',
    writes: 'blocks.{layer}.hook_mlp_out',
  });
});

test('widths that differ are a span', () => {
  expect(widths(set('att'))).toBe('64');
  expect(widths(set('att', [source('att', 1, { width: 2048 })]))).toBe('64–2,048');
});

test('what is done to the input is told in words', () => {
  expect(inputWords(set('att'))).toBe('raw values');
  const changed = {
    convention: 'value-bias-removed',
    dictionary: {
      type: 'sae',
      normalization: { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 },
      activationFunction: { kind: 'topk', k: 32 },
    },
  } as const;
  const own = set('own', [source('own', 0, changed)]);
  expect(inputWords(own)).toBe('value biases removed, normalised (unbiased deviation)');
  expect(activationWords(own)).toBe('TopK, the 32 largest');
  expect(activationWords(set('att'))).toBeUndefined();
});
