import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { readCatalogue } from '../hub/catalogue.ts';
import { findCatalogueFiles } from './import-from-catalogue.ts';

const scratch = mkdtempSync(join(tmpdir(), 'loupe-by-hand-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folder: string;
let folders = 0;
beforeEach(() => {
  folder = join(scratch, `by-hand-${folders++}`);
});

const catalogue = readCatalogue();

function put(...path: string[]): void {
  const file = join(folder, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

/** What was found, in short. */
function found(only: { model?: string; set?: string } = {}): string[] {
  const { models, sources } = findCatalogueFiles(folder, catalogue, only);
  return [
    ...models.map(({ model }) => model),
    ...sources.map(({ set, layer }) => `${layer}-${set}`),
  ];
}

function layer(set: string, number: number) {
  const entry = catalogue.sets.find(({ id }) => id === set);
  const files = entry?.layers.find((each) => each.layer === number)?.files;
  if (!entry || !files) throw new Error(`the catalogue has no ${number}-${set}`);
  return { repository: entry.repository.replace('/', '--'), paths: files.map(({ path }) => path) };
}

test('files whose names only one set has are found wherever a browser saved them', () => {
  for (const path of layer('att-kk', 5).paths) put(path);
  for (const path of layer('tres-dc', 9).paths) put(path);
  expect(found()).toEqual(['5-att-kk', '9-tres-dc']);
  expect(found({ set: 'att-kk' })).toEqual(['5-att-kk']);
  expect(found({ model: 'gpt2-medium' })).toEqual([]);
});

test('files whose names many sets have are found in a folder named for their repository', () => {
  const { repository, paths } = layer('res-jb', 3);
  for (const path of paths) put(path.split('/').at(-1) as string);
  expect(found()).toEqual([]);
  for (const path of paths) put(repository, path);
  expect(found()).toEqual(['3-res-jb']);
});

test('a layer whose files are not all there is not taken', () => {
  const [first] = layer('att-kk', 5).paths;
  put(first as string);
  expect(found()).toEqual([]);
});

test('a model is found in the folder of its repository, and not taken for another', () => {
  const model = catalogue.models.find(({ id }) => id === 'gpt2-small');
  if (!model) throw new Error('the catalogue has no gpt2-small');
  for (const { path } of model.files) {
    put(model.repository.replace('/', '--'), path);
    put(path);
  }
  expect(found()).toEqual(['gpt2-small']);
});
