import { expect, test } from 'vitest';
import { layerRanges } from './layer-ranges.ts';

test.each([
  [[], ''],
  [[4], '4'],
  [[0, 1, 2, 5], '0–2, 5'],
  [[11, 3, 2, 10, 7], '2–3, 7, 10–11'],
])('%j is written %j', (layers, text) => {
  expect(layerRanges(layers)).toBe(text);
});
