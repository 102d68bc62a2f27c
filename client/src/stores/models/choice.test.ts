import { expect, test } from 'vitest';
import { busyLayers, defaultChoice, planOf, withLayers, withToggled } from './choice.ts';
import { type ModelEntry, mergeModels } from './entries.ts';
import { download, installed, offered, source } from './models.fixture.ts';

function entry(sources?: Parameters<typeof installed>[0]): ModelEntry {
  const [model] = mergeModels(sources ? [installed(sources)] : [], [offered]);
  if (!model) throw new Error('no model');
  return model;
}

test('what is chosen at first is the model with the sets that the three jobs need', () => {
  const model = entry();
  expect(planOf(model, defaultChoice(model), [])).toEqual({
    request: { model: 'small', sets: [{ id: 'att' }, { id: 'mlp' }] },
    bytes: 1600,
    parts: [
      { name: 'Small', note: '', bytes: 1000 },
      { name: 'att', note: 'all layers', bytes: 300 },
      { name: 'mlp', note: 'all layers', bytes: 300 },
    ],
  });
});

test('what is installed is not downloaded again', () => {
  const model = entry([source('att', 0), source('att', 1)]);
  const plan = planOf(model, defaultChoice(model), []);
  expect(plan?.request.sets).toEqual([{ id: 'att', layers: [2] }, { id: 'mlp' }]);
  expect(plan?.bytes).toBe(400);
  // Nor when it was chosen before it was installed.
  const before = defaultChoice(entry());
  expect(planOf(model, before, [])).toEqual(plan);
});

test('a model whose sets are all there leaves nothing to download', () => {
  const all = [0, 1, 2].flatMap((layer) => [source('att', layer), source('mlp', layer)]);
  const model = entry(all);
  expect(planOf(model, defaultChoice(model), [])).toBeUndefined();
});

test('the model alone can be taken', () => {
  const plan = planOf(entry(), new Map(), []);
  expect(plan?.request).toEqual({ model: 'small', sets: [] });
  expect(plan?.bytes).toBe(1000);
});

test('layers are taken and left one by one', () => {
  const model = entry([]);
  let choice = withLayers(new Map(), 'att', [0, 1, 2]);
  choice = withToggled(choice, 'att', 1);
  choice = withToggled(choice, 'res', 1);
  expect(planOf(model, choice, [])).toMatchObject({
    request: { sets: [{ id: 'att', layers: [0, 2] }, { id: 'res' }] },
    parts: [{ note: '0, 2' }, { note: 'all layers' }],
  });
});

test('what is on its way is neither counted nor asked for again', () => {
  const model = entry();
  const choice = withLayers(defaultChoice(model), 'res', [1]);
  const coming = [download({ request: { model: 'small', sets: [{ id: 'att' }] } })];
  expect(planOf(model, choice, coming)?.request.sets).toEqual([{ id: 'mlp' }, { id: 'res' }]);
  expect(planOf(model, choice, coming)?.parts.map(({ name }) => name)).toEqual(['mlp', 'res']);
  // One that names no sets takes those that are so by default.
  expect(planOf(model, choice, [download()])?.request.sets).toEqual([{ id: 'res' }]);
  expect([...busyLayers(model, [download()]).keys()]).toEqual(['att', 'mlp', 'res']);
  expect(busyLayers(model, [download()]).get('res')?.size).toBe(0);
  // One that has ended, or is of another model, takes nothing.
  const others = [
    download({ status: 'failed' }),
    download({ request: { model: 'x' }, model: 'x' }),
  ];
  expect(planOf(model, choice, others)?.bytes).toBe(1700);
});

test('a model that is in no catalogue has nothing to download', () => {
  const [own] = mergeModels([installed()], []);
  expect(own && planOf(own, new Map([['att', new Set([0])]]), [])).toBeUndefined();
});
