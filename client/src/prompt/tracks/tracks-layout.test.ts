import { expect, test } from 'vitest';
import { gutterFor } from './tracks-layout.ts';

const measure = (text: string) => text.length * 6;

test('labels have room for what tells two sets of one layer and kind apart', () => {
  expect(gutterFor(['L3 MLP', 'L3 attn'], measure)).toBe(96);
  expect(gutterFor(['L3 MLP', 'L3 MLP transcoder'], measure)).toBe(17 * 6 + 36);
});

test('a name without end does not take the page', () => {
  expect(gutterFor(['x'.repeat(400)], measure)).toBe(200);
});
