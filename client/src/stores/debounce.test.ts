import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { debounce } from './debounce.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('runs once after the last of several calls', () => {
  const action = vi.fn();
  const debounced = debounce(action, 150);
  debounced();
  vi.advanceTimersByTime(149);
  debounced();
  vi.advanceTimersByTime(149);
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(1);
});

test('a call that was cancelled does not come', () => {
  const action = vi.fn();
  const debounced = debounce(action, 150);
  debounced();
  debounced.cancel();
  vi.advanceTimersByTime(1_000);
  expect(action).not.toHaveBeenCalled();
});
