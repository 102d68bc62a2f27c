import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tokenizer } from '../model/tokenizer.ts';
import { readModelFolder } from '../weights/model-folder.ts';
import { readCorpus } from './read-corpus.ts';

const SIZE = { vocabulary: 4096, context: 256 };
let folder: string;
let tokenizer: Tokenizer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-corpus-'));
  const demo = readModelFolder(fileURLToPath(new URL('../../../data/demo/model', import.meta.url)));
  tokenizer = demo.tokenizer;
  demo.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, length?: number): number[][] {
  const file = join(folder, 'corpus');
  writeFileSync(file, text);
  return readCorpus(file, tokenizer, SIZE, length).map((row) => Array.from(row));
}

test('JSON lines are rows of token ids, as they are', () => {
  expect(read('[1, 2, 3]\n\n[4,5]\n')).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test('text is cut into rows with BOS first; a rest is left out', () => {
  const text = 'Once upon a time there was a little girl.';
  const ids = tokenizer.encode(text);
  const rows = read(text, 5);
  expect(rows).toHaveLength(Math.floor(ids.length / 4));
  expect(rows.map(([first]) => first)).toEqual(rows.map(() => tokenizer.bosId));
  expect(rows.flatMap((row) => row.slice(1))).toEqual(ids.slice(0, rows.length * 4));
});

test.each([
  ['too short a text', 'Hi', 'LOUPE_BAD_FILE', /no row of 128/],
  ['a line that is no JSON', '[1,2]\n[3,', 'LOUPE_BAD_FILE', /line 2/],
  ['a row of one token', '[1]', 'LOUPE_BAD_FILE', /line 1/],
  ['something else in a row', '[1, "a"]', 'LOUPE_BAD_FILE', /two or more token ids/],
  ['an id beyond the vocabulary', '[1, 4096]', 'LOUPE_TOKEN_OUT_OF_RANGE', /row 1: token id 4096/],
  ['a row beyond the context', `[${Array(257).fill(1)}]`, 'LOUPE_PROMPT_TOO_LONG', /257 tokens/],
])('%s is refused', (_, text, code, message) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});
