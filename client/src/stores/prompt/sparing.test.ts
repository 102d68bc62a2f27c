import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showSparingly } from './sparing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function started() {
  const shown: [value: number, first: boolean][] = [];
  return { shown, screen: showSparingly<number>((value, first) => shown.push([value, first])) };
}

test('what is done fast shows at one stroke', () => {
  const { shown, screen } = started();
  screen.update(1);
  vi.advanceTimersByTime(60);
  screen.update(2);
  screen.finish(3);
  vi.advanceTimersByTime(1_000);
  expect(shown).toEqual([[3, true]]);
});

test('what takes longer shows as it grows, a few times rather than each time', () => {
  const { shown, screen } = started();
  for (let value = 0; value < 200; value++) {
    screen.update(value);
    vi.advanceTimersByTime(1);
  }
  screen.finish(200);
  expect(shown[0]).toEqual([99, true]);
  expect(shown.at(-1)).toEqual([200, false]);
  expect(shown.length).toBeLessThan(7);
});

test('what was stopped shows nothing more', () => {
  const { shown, screen } = started();
  screen.update(1);
  screen.stop();
  vi.advanceTimersByTime(1_000);
  expect(shown).toEqual([]);
});
