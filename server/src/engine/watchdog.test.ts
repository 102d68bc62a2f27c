import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';

const LIMIT_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('barks after silence while there is work', () => {
  const bark = vi.fn();
  const dog = new Watchdog(LIMIT_MS, () => true, bark);
  vi.advanceTimersByTime(LIMIT_MS - 1);
  dog.heard();
  vi.advanceTimersByTime(LIMIT_MS - 1);
  expect(bark).not.toHaveBeenCalled();
  vi.advanceTimersByTime(LIMIT_MS / 2);
  expect(bark).toHaveBeenCalled();
  dog.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('lets idleness pass', () => {
  const bark = vi.fn();
  const dog = new Watchdog(LIMIT_MS, () => false, bark);
  vi.advanceTimersByTime(10 * LIMIT_MS);
  expect(bark).not.toHaveBeenCalled();
  dog.stop();
});

test('hears what lay unread while this process was held up', () => {
  const bark = vi.fn();
  const dog = new Watchdog(LIMIT_MS, () => true, bark);
  // A message of the same turn of the event loop, read after the watchdog's own timer.
  setTimeout(() => dog.heard(), LIMIT_MS);
  vi.advanceTimersByTime(LIMIT_MS);
  vi.advanceTimersByTime(LIMIT_MS / 2);
  expect(bark).not.toHaveBeenCalled();
  dog.stop();
});
