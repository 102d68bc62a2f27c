import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import fixture from './added-tokens.fixture.json' with { type: 'json' };
import { readTokenizer } from './tokenizer-folder.ts';

const MODEL = { vocabulary: fixture.size, bosTokenId: null };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-tokenizer-'));
  write('vocab.json', fixture.vocab);
  write('merges.txt', `#version: 0.2\n${fixture.merges.join('\n')}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, name), text);
}

test.each(fixture.cases.map((each) => [each.name, each] as const))(
  'added tokens in %s: the ids are those of transformers',
  (_, { files, added, bos, texts }) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    const tokenizer = readTokenizer(folder, MODEL);
    for (const [content, id] of Object.entries(added)) {
      expect(tokenizer.text(id as number), content).toBe(content);
    }
    if (bos < fixture.size) expect(tokenizer.bosId).toBe(bos);
    for (const { text, ids } of texts) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.leastTokens(text)).toBeLessThanOrEqual(ids.length);
      const tokens = tokenizer.tokens(ids, text);
      // The ranges cover the text without a gap, an added token's white space included.
      expect(tokens.map(({ start }) => start).at(0) ?? 0).toBe(0);
      for (const [i, token] of tokens.entries()) {
        expect(token.end).toBeGreaterThanOrEqual(tokens[i + 1]?.start ?? text.length);
      }
    }
  },
);

test('a folder without a vocabulary has token ids alone', () => {
  rmSync(join(folder, 'vocab.json'));
  rmSync(join(folder, 'merges.txt'));
  write('tokenizer_config.json', { tokenizer_class: 'GPT2Tokenizer' });
  const tokenizer = readTokenizer(folder, MODEL);
  expect(tokenizer.hasText).toBe(false);
  expect(tokenizer.bosId).toBeUndefined();
  expect(tokenizer.encode('5 17, 3')).toEqual([5, 17, 3]);
  expect(tokenizer.encode('[5,17,3]')).toEqual([5, 17, 3]);
  expect(tokenizer.encode(' ')).toEqual([]);
  expect(tokenizer.tokens([5, 17], '5 17')).toEqual([
    { position: 0, id: 5, text: '⟨#5⟩', start: 0, end: 1 },
    { position: 1, id: 17, text: '⟨#17⟩', start: 2, end: 4 },
  ]);
  expect(() => tokenizer.encode('hello')).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_NOT_TOKENS',
      message: expect.stringContaining('"tokens"'),
    }),
  );
});

test.each([
  ['a space before every text', { add_prefix_space: true }, 'add_prefix_space'],
  ['another class', { tokenizer_class: 'CLIPTokenizer' }, 'CLIPTokenizer'],
])('refuses %s, and says what to do', (_, config, named) => {
  write('tokenizer_config.json', config);
  expect(() => readTokenizer(folder, MODEL)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_MODEL',
      message: expect.stringContaining(named),
    }),
  );
});

test.each([
  ['after a gap', { '<a>': 265 }, /265.*260/],
  ['of another token', { '<a>': 5 }, /id 5 of another/],
  ['that is none', { '<a>': 'x' }, /id/],
])('refuses an added token with an id %s', (_, added, message) => {
  write('added_tokens.json', added);
  expect(() => readTokenizer(folder, MODEL)).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_FILE', message: expect.stringMatching(message) }),
  );
});
