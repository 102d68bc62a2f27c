import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { memoryRoom } from './memory-room.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;

test('of a bound there is left what the process, its work and the prefix cache do not take', () => {
  const { weights, prefixCache } = memoryRoom(2e9, 300e6, 256e6, NO_LIMIT);
  expect(prefixCache).toBe(125e6);
  expect(weights).toBe(2e9 - 300e6 - 650e6 - 125e6);
});

test('a bound that is too small leaves nothing, and not less', () => {
  expect(memoryRoom(100e6, 300e6, 256e6, NO_LIMIT).weights).toBe(0);
});

test('without a bound most of the machine is used, and not more than the backend can address', () => {
  const { weights, prefixCache } = memoryRoom(undefined, 0, 1e6, NO_LIMIT);
  expect(prefixCache).toBe(1e6);
  expect(weights).toBeLessThan(0.75 * totalmem());
  expect(memoryRoom(undefined, 0, 1e6, 700e6).weights).toBeLessThan(100e6);
});
