import { expect, test, vi } from 'vitest';
import { type KeyPress, pressedKey } from './ui/keys.ts';

// Their modules look at where the page is as they load.
vi.stubGlobal('location', { hash: '' });
vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
const { PAGES } = await import('./pages.ts');
const { keysOn } = await import('./shell/keys.ts');

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, altGraph: false };
  return { key, ...none, ...held };
}

/** What a key press does on a page, by the words of the help window. */
function does(page: string, key: KeyPress, typing = false): string | undefined {
  return pressedKey(keysOn(PAGES.find(({ id }) => id === page)), key, typing)?.what;
}

test.each(PAGES.map(({ id }) => id))('no key has two actions on the page %s', (id) => {
  const taken = keysOn(PAGES.find((page) => page.id === id))
    .filter(({ run }) => run)
    .flatMap(({ keys, command, shift }) =>
      keys.map((key) => `${command ? 'command ' : ''}${shift ? 'shift ' : ''}${key}`),
    );
  expect(new Set(taken).size).toBe(taken.length);
});

test('no two pages have the same id', () => {
  expect(new Set(PAGES.map(({ id }) => id)).size).toBe(PAGES.length);
});

test.each([
  ['models', press('/'), 'Go to the prompt'],
  ['prompt', press('?'), 'Show these keys, and what words mean'],
  ['circuit', press('k', { ctrlKey: true }), 'Find a feature, token, source or action'],
  ['prompt', press('K', { metaKey: true }), 'Find a feature, token, source or action'],
  ['circuit', press('z', { ctrlKey: true }), 'Undo what was done to the view'],
  ['circuit', press('Z', { metaKey: true, shiftKey: true }), 'Do it again'],
  ['prompt', press('P', { shiftKey: true }), 'Pin or unpin the feature under the pointer or focus'],
  ['prompt', press('[', { altKey: true, ctrlKey: true, altGraph: true }), 'Source below'],
] as const)('on %s %j does: %s', (page, key, what) => {
  expect(does(page, key)).toBe(what);
});

test('a page has no use for the keys of another', () => {
  expect(does('models', press('ArrowLeft'))).toBeUndefined();
  expect(does('circuit', press(']'))).toBeUndefined();
  expect(does('prompt', press('z', { ctrlKey: true }))).toBeUndefined();
});

test('what the browser has its own use for is left to it', () => {
  expect(does('prompt', press('p', { ctrlKey: true }))).toBeUndefined();
  expect(does('prompt', press('ArrowLeft', { altKey: true }))).toBeUndefined();
  expect(does('prompt', press('k'))).toBeUndefined();
});

test('while typing, only the palette and Esc act', () => {
  const acting = ['/', '?', 'p', '[', 'ArrowLeft', 'Escape'].filter((key) =>
    does('prompt', press(key), true),
  );
  expect(acting).toEqual(['Escape']);
  expect(does('prompt', press('k', { ctrlKey: true }), true)).toBe(
    'Find a feature, token, source or action',
  );
  expect(does('circuit', press('z', { ctrlKey: true }), true)).toBeUndefined();
});
