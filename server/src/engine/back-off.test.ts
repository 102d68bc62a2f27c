import { expect, test } from 'vitest';
import { backOffMs, DEFAULT_BACK_OFF } from './back-off.ts';

test('doubles from 0.2 s up to 10 s', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 5000].map((deaths) => backOffMs(DEFAULT_BACK_OFF, deaths));
  expect(waits).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
});
