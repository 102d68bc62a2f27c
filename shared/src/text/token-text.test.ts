import { expect, test } from 'vitest';
import { describeToken, promptTokenLabel, tokenLabel, tokenParts } from './token-text.ts';

test('a leading space is a mark and the rest stays as it is', () => {
  expect(tokenParts(' store')).toEqual([
    { kind: 'mark', text: '·' },
    { kind: 'text', text: 'store' },
  ]);
});

test('runs of whitespace show every character', () => {
  expect(tokenLabel('  \n\n\t')).toBe('··↵↵⇥');
});

test('partial bytes become byte parts', () => {
  expect(tokenParts('a⟨f0⟩⟨9f⟩')).toEqual([
    { kind: 'text', text: 'a' },
    { kind: 'byte', text: 'f0' },
    { kind: 'byte', text: '9f' },
  ]);
});

test('characters without a shape of their own are shown by code', () => {
  expect(tokenLabel('a\u200db')).toBe('a⟨u+200d⟩b');
  expect(tokenLabel('\u0007')).toBe('⟨u+0007⟩');
});

test('emoji and accents stay whole', () => {
  expect(tokenLabel(' 🍎é')).toBe('·🍎é');
});

test('an empty text still shows something', () => {
  expect(tokenLabel('')).toBe('∅');
});

test('special tokens are named by their part in the prompt', () => {
  const token = { id: 50256, text: '<|endoftext|>', special: true };
  expect(promptTokenLabel({ ...token, position: 0 })).toBe('BOS');
  expect(promptTokenLabel({ ...token, position: 4 })).toBe('EOT');
  expect(promptTokenLabel({ position: 4, id: 1, text: ' a' })).toBe('·a');
});

test('a predicted end of text is named as one', () => {
  expect(tokenLabel('<|endoftext|>')).toBe('EOT');
  expect(tokenLabel('<|endoftext')).toBe('<|endoftext');
});

test('screen readers get words for what has no sound', () => {
  expect(describeToken({ position: 1, id: 1, text: ' Mary' })).toBe('Mary');
  expect(describeToken({ position: 1, id: 1, text: '\n' })).toBe('newline');
  expect(describeToken({ position: 1, id: 1, text: ' ' })).toBe('space');
  expect(describeToken({ position: 1, id: 1, text: '⟨e2⟩' })).toBe('byte e2');
  expect(describeToken({ position: 0, id: 1, text: 'x', special: true })).toBe(
    'BOS, beginning of text',
  );
});
