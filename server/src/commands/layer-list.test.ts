import { expect, test } from 'vitest';
import { layerList } from './layer-list.ts';

test.each([
  ['0', [0]],
  ['0,3-5', [0, 3, 4, 5]],
  [' 7 , 2 – 3 , 3', [2, 3, 7]],
])('%s', (text, layers) => {
  expect(layerList(text)).toEqual(layers);
});

test.each(['', 'all', '5-3', '-1', '1,,2', '1.5', '99999'])('"%s" is refused', (text) => {
  expect(() => layerList(text)).toThrow('0,3-5');
});
