import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { writeSafetensors } from '../weights/write-safetensors.ts';
import { findDictionaries } from './find-dictionaries.ts';

const scratch = mkdtempSync(join(tmpdir(), 'loupe-find-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folder: string;
let folders = 0;
beforeEach(() => {
  folder = join(scratch, `set-${folders++}`);
  mkdirSync(folder);
});

function write(file: string, content: unknown): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content));
  return path;
}

const tensors = writeSafetensors({
  W_enc: { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) },
  W_dec: { dtype: 'F32', shape: [3, 2], data: new Float32Array(6) },
});

/** What was found, in short. */
const found = (path: string, layer?: number) =>
  findDictionaries(path, layer).found.map(({ folder: { path: place }, card }) => ({
    place: place.slice(folder.length),
    card,
  }));

const refusal = (message: RegExp) =>
  expect.objectContaining({
    code: 'LOUPE_IMPORT_REFUSED',
    message: expect.stringMatching(message),
  });

test('a folder of SAELens is one dictionary, and a folder with such folders one for each', () => {
  for (const layer of [10, 2]) {
    write(`blocks.${layer}/cfg.json`, {});
    write(`blocks.${layer}/sae_weights.safetensors`, tensors);
  }
  write('notes/readme.json', {});
  expect(found(join(folder, 'blocks.2'))).toEqual([{ place: '/blocks.2', card: {} }]);
  expect(found(folder)).toEqual([
    { place: '/blocks.2', card: {} },
    { place: '/blocks.10', card: {} },
  ]);
});

test('the card of the whole counts for each folder, and the own card of one before it', () => {
  write('card.json', { hook: 'blocks.0.hook_resid_pre', inputBias: false });
  for (const name of ['a', 'b']) {
    write(`${name}/cfg.json`, {});
    write(`${name}/sae_weights.safetensors`, tensors);
  }
  write('b/card.json', { hook: 'blocks.1.hook_resid_pre' });
  expect(found(folder).map(({ card }) => card)).toEqual([
    { hook: 'blocks.0.hook_resid_pre', inputBias: false },
    { hook: 'blocks.1.hook_resid_pre', inputBias: false },
  ]);
});

test('one file takes the card with its name, or else that of its folder', () => {
  const one = write('one.safetensors', tensors);
  const two = write('two.safetensors', tensors);
  write('one.json', { hook: 'blocks.{layer}.hook_resid_pre' });
  write('card.json', { hook: 'blocks.{layer}.hook_mlp_out' });
  expect(found(one, 3)).toEqual([
    { place: '', card: { hook: 'blocks.3.hook_resid_pre', weights: 'one.safetensors', layer: 3 } },
  ]);
  expect(found(two, 3)[0]?.card.hook).toBe('blocks.3.hook_mlp_out');
  expect(() => found(one)).toThrowError(refusal(/--layer/));
});

test('a pattern in the card finds a file for each layer', () => {
  for (const name of ['sae_11.pt', 'sae_2.pt', 'sae_x.pt', 'other_3.pt']) write(name, tensors);
  write('card.json', { weights: 'sae_{layer}.pt', hook: 'blocks.{layer}.hook_resid_pre' });
  expect(found(folder).map(({ card }) => card)).toEqual([
    { weights: 'sae_2.pt', hook: 'blocks.2.hook_resid_pre', layer: 2 },
    { weights: 'sae_11.pt', hook: 'blocks.11.hook_resid_pre', layer: 11 },
  ]);
  expect(found(folder, 11)).toHaveLength(1);
  expect(() => found(folder, 5)).toThrowError(refusal(/layers 2, 11, not 5/));
});

test('a set that lies together is all of its layers', () => {
  for (const layer of [0, 1]) write(`encoder_layer_${layer}.safetensors`, tensors);
  expect(found(folder).map(({ card }) => card.layer)).toEqual([0, 1]);
  expect(found(folder, 1).map(({ card }) => card.layer)).toEqual([1]);
});

test('what is not there, or holds nothing, is refused with what is expected', () => {
  expect(() => found(join(folder, 'none'))).toThrowError(refusal(/is not there/));
  write('readme.json', {});
  expect(() => found(folder)).toThrowError(refusal(/cfg\.json.*card\.json.*config\.json/s));
});

test('a card that is not valid is refused by its field', () => {
  write('sae.pt', tensors);
  write('card.json', { hok: 'blocks.0.hook_resid_pre' });
  expect(() => found(folder)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_BAD_FILE',
      message: expect.stringMatching(/card\.json.*hok/),
    }),
  );
});

test('folders in folders are looked through, and a card counts for all that lies below it', () => {
  write('card.json', { convention: 'centred' });
  write('resid_pre/768/cfg.json', {});
  write('resid_pre/768/sae_weights.safetensors', tensors);
  write('resid_pre/1536/deeper/still/cfg.json', {});
  write('resid_pre/1536/deeper/still/sae_weights.safetensors', tensors);
  write('.cache/cfg.json', {});
  write('.cache/sae_weights.safetensors', tensors);
  expect(found(folder)).toEqual([
    { place: '/resid_pre/768', card: { convention: 'centred' } },
    { place: '/resid_pre/1536/deeper/still', card: { convention: 'centred' } },
  ]);
});

test('a stray file beside folders of dictionaries is no dictionary', () => {
  write('activations.safetensors', tensors);
  write('a/cfg.json', {});
  write('a/sae_weights.safetensors', tensors);
  expect(found(folder)).toEqual([{ place: '/a', card: {} }]);
});

test('a place that cannot be looked at does not stop the others', () => {
  write('a/cfg.json', {});
  write('a/sae_weights.safetensors', tensors);
  write('b/card.json', { hok: 'blocks.1.hook_resid_pre' });
  const { found: some, refused } = findDictionaries(folder, undefined);
  expect(some).toHaveLength(1);
  expect(refused).toMatchObject([{ path: join(folder, 'b'), error: { code: 'LOUPE_BAD_FILE' } }]);
});

test('folders of sparsify say their layer, which a card for all of them may speak of', () => {
  write('card.json', { hook: 'blocks.{layer}.hook_resid_mid' });
  for (const name of ['h.2.mlp', 'h.10.mlp']) {
    write(`${name}/cfg.json`, { k: 1, transcode: true });
    write(`${name}/sae.safetensors`, tensors);
  }
  expect(found(folder)).toEqual([
    { place: '/h.2.mlp', card: { hook: 'blocks.2.hook_resid_mid', layer: 2 } },
    { place: '/h.10.mlp', card: { hook: 'blocks.10.hook_resid_mid', layer: 10 } },
  ]);
});
