import { expect, test } from 'vitest';
import { actionOf, KEYS, type KeyPress } from './key-table.ts';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, altGraph: false, ...held };
}

test('no key has two actions', () => {
  const taken = KEYS.filter(({ action }) => action).flatMap(({ keys, command }) =>
    keys.map((key) => `${command ? 'command ' : ''}${key}`),
  );
  expect(new Set(taken).size).toBe(taken.length);
});

test.each([
  [press('/'), 'focus-prompt'],
  [press('?'), 'help'],
  [press('k', { ctrlKey: true }), 'palette'],
  [press('K', { metaKey: true }), 'palette'],
  [press('P'), 'pin'],
  [press('[', { altKey: true, ctrlKey: true, altGraph: true }), 'layer-down'],
] as const)('%j does %s', (key, action) => {
  expect(actionOf(key, false)).toBe(action);
});

test('what the browser has its own use for is left to it', () => {
  expect(actionOf(press('p', { ctrlKey: true }), false)).toBeUndefined();
  expect(actionOf(press('ArrowLeft', { altKey: true }), false)).toBeUndefined();
  expect(actionOf(press('k'), false)).toBeUndefined();
});

test('while typing, only the palette and Esc act', () => {
  const acting = ['/', '?', 'p', '[', 'ArrowLeft', 'Escape'].filter((key) =>
    actionOf(press(key), true),
  );
  expect(acting).toEqual(['Escape']);
  expect(actionOf(press('k', { ctrlKey: true }), true)).toBe('palette');
});
