import { expect, test } from 'vitest';
import { actionOf, KEYS, type KeyPress } from './key-table.ts';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, altGraph: false };
  return { key, ...none, ...held };
}

test('no key has two actions', () => {
  const taken = KEYS.filter(({ action }) => action).flatMap(({ keys, command, shift }) =>
    keys.map((key) => `${command ? 'command ' : ''}${shift ? 'shift ' : ''}${key}`),
  );
  expect(new Set(taken).size).toBe(taken.length);
});

test.each([
  [press('/'), 'focus-prompt'],
  [press('?'), 'help'],
  [press('k', { ctrlKey: true }), 'palette'],
  [press('K', { metaKey: true }), 'palette'],
  [press('z', { ctrlKey: true }), 'undo'],
  [press('Z', { metaKey: true, shiftKey: true }), 'redo'],
  [press('P', { shiftKey: true }), 'pin'],
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
  expect(actionOf(press('z', { ctrlKey: true }), true)).toBeUndefined();
});
