import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

/** An assertion about what will be so in a moment: `await eventually(read).toBe('…')`. */
export function eventually<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 60_000, interval: 40 });
}

/** The text of an element as it reads, with single spaces. */
export async function words(element: Locator): Promise<string> {
  return ((await element.textContent()) ?? '').replace(/\s+/g, ' ').trim();
}
