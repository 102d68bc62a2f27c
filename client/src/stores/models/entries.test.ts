import { expect, test } from 'vitest';
import { installedBytes, layerCount, mergeModels } from './entries.ts';
import { installed, offered, source } from './models.fixture.ts';

test('a model that is installed and in the catalogue is one, with the layers of both', () => {
  const own = source('mine', 1);
  const [model, ...others] = mergeModels([installed([source('att', 1), own])], [offered]);
  expect(others).toEqual([]);
  expect(model?.sets.map(({ id }) => id)).toEqual(['att', 'mlp', 'mine', 'res']);
  const [att, , mine] = model?.sets ?? [];
  expect(att?.layers.map(({ layer, source, offered }) => [layer, !!source, !!offered])).toEqual([
    [0, false, true],
    [1, true, true],
    [2, false, true],
  ]);
  expect(mine).toMatchObject({ offered: undefined, layers: [{ layer: 1, source: own }] });
});

test('installed models come first, in their order', () => {
  const other = { ...installed(), id: 'other' };
  const ids = mergeModels([other], [offered]).map(({ id }) => id);
  expect(ids).toEqual(['other', 'small']);
});

test('what can be had begins with what serves all jobs, and then with the smallest', () => {
  const bare = { ...offered, sets: [] };
  const models = [
    { ...bare, id: 'xl', parameters: 9000 },
    { ...bare, id: 'tiny', parameters: 10 },
    offered,
  ];
  expect(mergeModels([], models).map(({ id }) => id)).toEqual(['small', 'tiny', 'xl']);
});

test('there are as many layers as the model has, or as its sets need', () => {
  const [small] = mergeModels([], [offered]);
  const [bare] = mergeModels([installed()], []);
  expect(small && layerCount(small)).toBe(3);
  expect(bare && layerCount(bare)).toBe(3);
  const [beyond] = mergeModels([installed([source('res', 3)])], []);
  expect(beyond && layerCount(beyond)).toBe(4);
});

test('what a set takes on disk is told where it is known', () => {
  const sources = [source('att', 0), source('att', 2)];
  const [model] = mergeModels([installed(sources)], [offered]);
  const sizes = model?.sets.map(installedBytes);
  expect(sizes).toEqual([100, undefined, undefined]);
});
