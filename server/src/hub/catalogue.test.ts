import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCatalogue } from './catalogue.ts';

const scratch = mkdtempSync(join(tmpdir(), 'loupe-catalogue-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const MODEL = {
  id: 'm',
  name: 'M',
  description: 'A model',
  repository: 'someone/m',
  revision: 'main',
  licence: 'MIT',
  parameters: 1,
  dModel: 8,
  files: [{ path: 'model.safetensors' }],
  examples: [],
};
const SET = {
  id: 's',
  name: 'S',
  description: 'A set',
  model: 'm',
  repository: 'someone/s',
  revision: 'main',
  licence: 'MIT',
  default: false,
  width: 10,
  card: { hook: 'blocks.{layer}.hook_resid_pre', tensors: { W_enc: 'e.{layer}' } },
  files: [{ path: 'layer {layer}/cfg.json', bytes: 7 }],
  layers: [
    0,
    { layer: 2, width: 20, card: { hook: 'blocks.1.hook_resid_post' }, files: [{ path: 'end' }] },
  ],
};

/** A catalogue of one model and one set, either of which may be something else. */
function read(name: string, { model = MODEL as unknown, set = SET as unknown, file = 's.json' }) {
  const folder = join(scratch, name);
  for (const kind of ['models', 'sets']) mkdirSync(join(folder, kind), { recursive: true });
  const text = (entry: unknown) => (typeof entry === 'string' ? entry : JSON.stringify(entry));
  writeFileSync(join(folder, 'models', 'm.json'), text(model));
  writeFileSync(join(folder, 'sets', file), text(set));
  return readCatalogue(folder);
}

test('patterns are filled in for each layer, and what a layer says of itself goes before', () => {
  expect(read('patterns', {}).sets[0]?.layers).toEqual([
    {
      layer: 0,
      source: '0-s',
      width: 10,
      files: [{ path: 'layer 0/cfg.json', bytes: 7 }],
      card: { layer: 0, hook: 'blocks.0.hook_resid_pre', tensors: { W_enc: 'e.0' } },
    },
    {
      layer: 2,
      source: '2-s',
      width: 20,
      files: [{ path: 'end' }],
      card: { layer: 2, hook: 'blocks.1.hook_resid_post', tensors: { W_enc: 'e.2' } },
    },
  ]);
});

test.each([
  ['not JSON', { set: '{' }, /s\.json/],
  ['a field too many', { set: { ...SET, colour: 'red' } }, /s\.json/],
  ['a path that leaves the repository', { set: { ...SET, files: [{ path: '../x' }] } }, /files/],
  ['a card that is none', { set: { ...SET, card: { convention: 'folded' } } }, /card/],
  ['a repository that is none', { model: { ...MODEL, repository: 'm' } }, /repository/],
  ['a name that is another', { file: 'other.json' }, /"s"/],
  ['a model that is not there', { set: { ...SET, model: 'n' } }, /"n"/],
  ['a layer without files', { set: { ...SET, files: undefined } }, /0-s has no files/],
  ['a card without a hook', { set: { ...SET, card: {} } }, /0-s names no hook/],
  ['a layer twice', { set: { ...SET, layers: [3, 3] } }, /twice/],
])('%s is refused', (name, parts, message) => {
  expect(() => read(name, parts)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_BAD_CATALOGUE',
      message: expect.stringMatching(message),
    }),
  );
});
