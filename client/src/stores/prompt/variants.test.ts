import type { ModelInfo, SourceInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { chosenSources, readings, withReading } from './variants.ts';

function source(id: string, set: string, change: Partial<SourceInfo>): SourceInfo {
  return { id, set, convention: 'raw', ...change } as SourceInfo;
}

const model = {
  sources: [
    source('0-att-kk', 'att-kk', { convention: 'value-bias-removed' }),
    source('0-tres-dc', 'tres-dc', { convention: 'centred' }),
    source('1-att-kk', 'att-kk', { convention: 'value-bias-removed' }),
  ],
  variants: [
    source('0-att-kk__raw-z', 'att-kk', { base: '0-att-kk' }),
    source('1-att-kk__raw-z', 'att-kk', { base: '1-att-kk' }),
  ],
} as ModelInfo;

test('a set with variants can be read as it was trained, or as each of them', () => {
  expect([...readings(model)]).toEqual([
    [
      'att-kk',
      [
        {
          id: 'att-kk',
          convention: 'value-bias-removed',
          label: 'value biases removed, as trained',
        },
        { id: 'att-kk__raw-z', convention: 'raw', label: 'raw values' },
      ],
    ],
  ]);
  expect(readings(undefined).size).toBe(0);
});

test('a chosen variant stands in place of its base, layer by layer', () => {
  expect(chosenSources(model, ['att-kk__raw-z'])).toEqual([
    '0-att-kk__raw-z',
    '0-tres-dc',
    '1-att-kk__raw-z',
  ]);
});

test('where nothing is chosen, or something that the model does not have, all sources are asked for', () => {
  expect(chosenSources(model, [])).toBeUndefined();
  expect(chosenSources(model, ['att-demo__raw-z'])).toBeUndefined();
  expect(chosenSources(undefined, ['att-kk__raw-z'])).toBeUndefined();
});

test('choosing one way gives up the other, and leaves other sets alone', () => {
  const ways = readings(model).get('att-kk') ?? [];
  expect(withReading(['other__x'], ways, 'att-kk__raw-z')).toEqual(['other__x', 'att-kk__raw-z']);
  expect(withReading(['other__x', 'att-kk__raw-z'], ways, 'att-kk')).toEqual(['other__x']);
  expect(withReading(['att-kk__raw-z'], ways, 'att-kk__raw-z')).toEqual(['att-kk__raw-z']);
});
