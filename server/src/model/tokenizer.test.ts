import { readFileSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import fixture from './tokenizer.fixture.json' with { type: 'json' };
import { Tokenizer } from './tokenizer.ts';

// The same examples every time: a failure then says something about the code.
fc.configureGlobal({ seed: 20 });

const demo = (file: string): string =>
  readFileSync(new URL(`../../../data/demo/model/${file}`, import.meta.url), 'utf8');
const vocab = JSON.parse(demo('vocab.json'));
const merges = demo('merges.txt');
const MODEL = { vocabulary: 4096, bosTokenId: 4095 };
const tokenizer = Tokenizer.fromFiles(vocab, merges, MODEL);

/** Texts of every kind of character, lone surrogates and end-of-text among them. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
      fc.constantFrom(
        ...['👩‍👩‍👧‍👦', '\ud83c', '\udf4e', 'e\u0301', '\u0085', '\ufeff', '\ufffd', '   ', '\r\n'],
        ...['<|endoftext|>', "'s", ' the', '\0', '👍🏽', '\u200b', '\u{10ffff}'],
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const bytesOf = (ids: readonly number[]): number[] => ids.flatMap((id) => [...tokenizer.bytes(id)]);

test('gives the ids of the Rust tokenizers on awkward texts', () => {
  expect(fixture.length).toBeGreaterThan(300);
  for (const { text, ids } of fixture) {
    expect(tokenizer.encode(text).join(' '), JSON.stringify(text)).toBe(ids);
  }
});

test("the tokens' bytes put together are the text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(bytesOf(tokenizer.encode(text))).toEqual(utf8(text));
    }),
    { numRuns: 1000 },
  );
});

test('each token has the range of the prompt that its bytes come from', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, bosAdded) => {
      const ids = bosAdded ? tokenizer.withBos(tokenizer.encode(text)) : tokenizer.encode(text);
      const tokens = tokenizer.tokens(ids, text, bosAdded);
      expect(tokens.map(({ id }) => id)).toEqual(ids);
      expect(tokens.map(({ position }) => position)).toEqual([...ids.keys()]);
      if (bosAdded) expect(tokens.shift()).not.toHaveProperty('start');

      let reached = 0;
      for (const token of tokens) {
        const { start = -1, end = -1 } = token;
        const own = tokenizer.bytes(token.id);
        // Never a gap, and no overlap but within one character.
        expect(start).toBeLessThanOrEqual(reached);
        expect(end).toBeGreaterThanOrEqual(reached);
        expect(reached - start).toBeLessThanOrEqual(2);
        reached = end;
        const covered = utf8(text.slice(start, end));
        const whole = !token.text.includes('⟨') || own.length === covered.length;
        if (whole) expect(covered).toEqual([...own]);
        else expect(covered.join()).toContain([...own].join());
      }
      expect(reached).toBe(text.length);
    }),
    { numRuns: 1000 },
  );
});

test('tokens that hold part of a character point to the whole of it', () => {
  const prompt = 'a ⭐ 🍎!';
  const shown = tokenizer
    .tokens(tokenizer.encode(prompt), prompt)
    .map(({ text, start, end }) => [text, prompt.slice(start, end)]);
  expect(shown).toEqual([
    ['a', 'a'],
    [' ', ' '],
    ['⟨e2⟩', '⭐'],
    ['⟨ad⟩', '⭐'],
    ['⟨90⟩', '⭐'],
    [' ', ' '],
    ['⟨f0⟩⟨9f⟩', '🍎'],
    ['⟨8d⟩', '🍎'],
    ['⟨8e⟩', '🍎'],
    ['!', '!'],
  ]);
});

test('a lone surrogate is U+FFFD, one unit long', () => {
  const prompt = 'a\ud83cb';
  expect(tokenizer.encode(prompt)).toEqual(tokenizer.encode('a\ufffdb'));
  const tokens = tokenizer.tokens(tokenizer.encode(prompt), prompt);
  expect(tokens.map(({ text }) => text).join('')).toBe('a⟨ef⟩⟨bf⟩⟨bd⟩b');
  expect(tokens.map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [1, 2],
    [1, 2],
    [1, 2],
    [2, 3],
  ]);
});

test('end-of-text in a prompt is the special token, added or not', () => {
  const prompt = 'Hi<|endoftext|>you';
  const ids = tokenizer.encode(prompt);
  expect(ids).toContain(4095);
  const tokens = tokenizer.tokens([4095, ...ids], prompt, true);
  const special = tokens.filter((token) => token.special);
  expect(special).toEqual([
    { position: 0, id: 4095, text: '<|endoftext|>', special: true },
    expect.objectContaining({ id: 4095, text: '<|endoftext|>', start: 2, end: 15 }),
  ]);
  expect(tokenizer.isSpecial(4095)).toBe(true);
  expect(tokenizer.isSpecial(0)).toBe(false);
});

test('no token reads as a replacement character or as nothing', () => {
  for (let id = 0; id < tokenizer.size; id++) {
    expect(tokenizer.text(id)).not.toContain('\ufffd');
    expect(tokenizer.text(id)).not.toBe('');
  }
  expect(tokenizer.size).toBe(4096);
  expect(tokenizer.text(4096)).toBe('⟨#4096⟩');
  expect(tokenizer.bytes(4096)).toHaveLength(0);
});

test('ids given without a text have no ranges', () => {
  expect(tokenizer.tokens(Int32Array.of(0, 4095))).toEqual([
    { position: 0, id: 0, text: '!' },
    { position: 1, id: 4095, text: '<|endoftext|>', special: true },
  ]);
});

test.each([
  [[0, 0], '!'],
  [[0], '!!'],
  [[1], '!'],
  [[4096], '!'],
  [[], '!'],
])('refuses ids %j as those of %j', (ids, prompt) => {
  expect(() => tokenizer.tokens(ids, prompt)).toThrow(LoupeError);
});

test('maxTokenLength bounds how few tokens a text can have', () => {
  expect(tokenizer.maxTokenLength).toBe(
    Math.max(...Object.keys(vocab).map((entry) => entry.length)),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const least = Math.ceil(text.length / tokenizer.maxTokenLength);
      expect(tokenizer.encode(text).length).toBeGreaterThanOrEqual(least);
    }),
  );
});

test('leastTokens is a lower bound, and exact for words that are tokens', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(tokenizer.leastTokens(text)).toBeLessThanOrEqual(tokenizer.encode(text).length);
    }),
    { numRuns: 1000 },
  );
  const text = 'When Mary and John<|endoftext|> went to the<|endoftext|><|endoftext|>';
  expect(tokenizer.leastTokens(text)).toBe(tokenizer.encode(text).length);
  expect(tokenizer.leastTokens(text.repeat(100))).toBe(1000);
  expect(tokenizer.leastTokens(text.repeat(100), 10)).toBeGreaterThan(10);
  expect(tokenizer.leastTokens('')).toBe(0);
});

test('encodes long texts of one piece', () => {
  for (const unit of ['a', ' ', '\n', 'ab', '日', '🍎', '!', "'", '1', ' a']) {
    const text = unit.repeat(20_000);
    const ids = tokenizer.encode(text);
    const length = ids.reduce((sum, id) => sum + tokenizer.bytes(id).length, 0);
    expect(length).toBe(utf8(text).length);
  }
});
