import { expect, test } from 'vitest';
import { covers } from './use-drawn.ts';

const screen = { width: 800, height: 600 };
const drawn = { k: 1, x: 0, y: 0 };

test('a picture stands for what is within half a screen of where it was drawn', () => {
  expect(covers(drawn, { k: 1, x: 400, y: -300 }, screen)).toBe(true);
  expect(covers(drawn, { k: 1, x: 401, y: 0 }, screen)).toBe(false);
  expect(covers(drawn, { k: 1, x: 0, y: -301 }, screen)).toBe(false);
});

test('a picture is enlarged a little, and made smaller as far as it fills the screen', () => {
  // About the middle of the screen.
  const zoomed = (k: number) => ({ k, x: 400 * (1 - k), y: 300 * (1 - k) });
  expect(covers(drawn, zoomed(1.4), screen)).toBe(true);
  expect(covers(drawn, zoomed(1.6), screen)).toBe(false);
  expect(covers(drawn, zoomed(0.8), screen)).toBe(true);
  expect(covers(drawn, zoomed(0.7), screen)).toBe(false);
  expect(covers(drawn, { ...zoomed(0.8), x: 450 }, screen)).toBe(false);
});
