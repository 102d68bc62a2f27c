import { expect, test } from 'vitest';
import { formatVisible } from './format-visible.ts';

test.each([
  [' store', '" store"'],
  ['\n', '"\\n"'],
  ['say "hi"', '"say \\"hi\\""'],
  ['\u001b[31mred', '"\\u001b[31mred"'],
  ['\u009b31m', '"\\u{9b}31m"'],
  ['\u202eevil', '"\\u{202e}evil"'],
  ['⟨e2⟩⟨80⟩ é 🥤', '"⟨e2⟩⟨80⟩ é 🥤"'],
])('%j is shown as %s', (text, shown) => {
  expect(formatVisible(text)).toBe(shown);
});
