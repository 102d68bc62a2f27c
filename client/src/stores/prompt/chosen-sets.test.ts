import type { ModelInfo } from '@loupe/shared';
import { beforeEach, expect, test, vi } from 'vitest';
import {
  defaultSets,
  rememberedSets,
  rememberSets,
  setOptions,
  setsThatRun,
} from './chosen-sets.ts';
import { chosenSources } from './variants.ts';

const layers = (set: string, kind: string, count: number) =>
  Array.from({ length: count }, (_, layer) => ({ id: `${layer}-${set}`, set, kind, layer }));

const five = {
  sources: [
    ...layers('res-jb', 'residual', 12),
    ...layers('att-half', 'attention', 3),
    ...layers('att-kk', 'attention', 12),
    ...layers('mlp-tm', 'mlp', 1),
    ...layers('tres-dc', 'mlp', 1),
  ],
  variants: [{ id: '0-att-kk__raw-z', base: '0-att-kk', set: 'att-kk' }],
} as unknown as ModelInfo;
const two = { ...five, sources: five.sources.slice(12, 27), variants: [] };

let kept: Record<string, string> = {};
beforeEach(() => {
  kept = {};
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  });
});

test('few sets run all; of many the most complete for attention and for MLPs', () => {
  expect(defaultSets(setOptions(two))).toEqual(['att-half', 'att-kk']);
  expect(chosenSources(two, [])).toBeUndefined();
  expect(defaultSets(setOptions(five))).toEqual(['att-kk', 'mlp-tm']);
  expect(chosenSources(five, [])).toHaveLength(13);
});

test('many sets of which none is for attention or MLPs run the most complete', () => {
  const sources = ['a', 'b', 'c', 'd'].flatMap((set, i) =>
    layers(set, 'residual', i === 2 ? 2 : 1),
  );
  expect(defaultSets(setOptions({ sources } as unknown as ModelInfo))).toEqual(['c']);
});

test('what is chosen runs, in the order of the model, with its variants', () => {
  expect(setsThatRun(setOptions(five), ['tres-dc', 'att-half'])).toEqual(['att-half', 'tres-dc']);
  expect(chosenSources(five, [], ['tres-dc', 'att-half'])).toEqual([
    '0-att-half',
    '1-att-half',
    '2-att-half',
    '0-tres-dc',
  ]);
  const all = setOptions(five).map(({ set }) => set);
  expect(chosenSources(five, [], all)).toBeUndefined();
  expect(chosenSources(five, ['att-kk__raw-z'], ['att-kk'])?.slice(0, 2)).toEqual([
    '0-att-kk__raw-z',
    '1-att-kk',
  ]);
});

test('a choice of which nothing is installed is none', () => {
  expect(setsThatRun(setOptions(five), ['gone'])).toEqual(['att-kk', 'mlp-tm']);
});

test('a choice is kept by model, and what is no choice in the storage is passed over', () => {
  rememberSets('demo', ['a']);
  rememberSets('other', ['b']);
  expect(rememberedSets()).toEqual({ demo: ['a'], other: ['b'] });
  rememberSets('demo', undefined);
  expect(rememberedSets()).toEqual({ other: ['b'] });
  for (const text of ['', 'x{', 'null', '[1]', '{"demo":"a"}', '{"demo":[1]}']) {
    kept = { 'loupe.sets': text };
    expect(rememberedSets(), text).toEqual({});
  }
});
