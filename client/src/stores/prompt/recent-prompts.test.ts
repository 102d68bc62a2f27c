import { afterAll, expect, test, vi } from 'vitest';

vi.resetModules();
vi.stubGlobal('localStorage', { getItem: () => '["kept", 3]', setItem: () => undefined });
const { useRecentPrompts, withPrompt } = await import('./recent-prompts.ts');
afterAll(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('the latest prompt comes first, and each is there once', () => {
  expect(withPrompt(['b', 'a'], 'c')).toEqual(['c', 'b', 'a']);
  expect(withPrompt(['b', 'a'], 'a')).toEqual(['a', 'b']);
});

test('a prompt that is being typed is one', () => {
  expect(withPrompt(['The c', 'x'], 'The cat')).toEqual(['The cat', 'x']);
  expect(withPrompt(['The cat', 'x'], 'The')).toEqual(['The', 'x']);
});

test('a dozen are kept', () => {
  const many = Array.from({ length: 12 }, (_, at) => `prompt ${String.fromCharCode(97 + at)}`);
  expect(withPrompt(many, 'new')).toEqual(['new', ...many.slice(0, 11)]);
});

test('what the browser kept is read, and only what can be a prompt', () => {
  expect(useRecentPrompts.getState().prompts).toEqual(['kept']);
});
