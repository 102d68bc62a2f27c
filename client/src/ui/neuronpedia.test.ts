import type { InstalledSet } from '@loupe/shared';
import { expect, test } from 'vitest';
import { neuronpediaPage } from './neuronpedia.ts';

const set: Omit<InstalledSet, 'id'> = {
  name: '',
  kind: 'residual',
  imported: false,
  warnings: [],
  removable: true,
};
const model = {
  id: 'gpt2-small',
  sets: [
    { ...set, id: 'res-jb', neuronpedia: 'res-jb' },
    { ...set, id: 'mine' },
  ],
};

test('a feature of a set that Neuronpedia has leads to its page there', () => {
  // As Neuronpedia spells it: https://www.neuronpedia.org/gpt2-small/8-res-jb/55
  expect(neuronpediaPage(model, { layer: 8, set: 'res-jb' }, 55)).toBe(
    'https://www.neuronpedia.org/gpt2-small/8-res-jb/55',
  );
});

test('others lead nowhere', () => {
  expect(neuronpediaPage(model, { layer: 8, set: 'mine' }, 55)).toBeUndefined();
  expect(neuronpediaPage(model, { layer: 8, set: 'unknown' }, 55)).toBeUndefined();
  expect(neuronpediaPage(undefined, { layer: 8, set: 'res-jb' }, 55)).toBeUndefined();
});
