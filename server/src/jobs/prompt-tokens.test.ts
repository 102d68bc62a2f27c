import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Tokenizer } from '../model/tokenizer.ts';
import { readModelFolder } from '../weights/model-folder.ts';
import { promptTokens } from './prompt-tokens.ts';

const folder = fileURLToPath(new URL('../../../data/demo/model', import.meta.url));
const { tokenizer, config, close } = readModelFolder(folder);
close();
const tokens = (request: Parameters<typeof promptTokens>[0]) =>
  promptTokens(request, tokenizer, config);

test('BOS stands before text and before token ids, unless it is not wanted', () => {
  expect(tokens({ prompt: 'The' })).toMatchObject({
    ids: Int32Array.of(4095, 371),
    bosAdded: true,
  });
  expect(tokens({ tokens: [5] }).ids).toEqual(Int32Array.of(4095, 5));
  expect(tokens({ tokens: [5], prependBos: false }).ids).toEqual(Int32Array.of(5));
});

test('a prompt that begins with BOS keeps it alone, and that is said', () => {
  for (const request of [{ prompt: '<|endoftext|>The' }, { tokens: [4095, 371] }]) {
    expect(tokens(request)).toMatchObject({ ids: Int32Array.of(4095, 371), bosAdded: false });
    expect(tokens(request).notes).toHaveLength(1);
    expect(tokens({ ...request, prependBos: false }).notes).toEqual([]);
  }
  expect(tokens({ prompt: 'The<|endoftext|>' })).toMatchObject({ bosAdded: true, notes: [] });
  expect(tokens({ tokens: [4095, 4095, 371] }).ids).toEqual(Int32Array.of(4095, 4095, 371));
});

test('a model without BOS takes prompts as they are, and none that is empty', () => {
  const bare = Tokenizer.of(undefined, { vocabulary: 10, bosTokenId: null });
  const of = (request: Parameters<typeof promptTokens>[0]) => promptTokens(request, bare, config);
  expect(of({ tokens: [5, 7] })).toMatchObject({ ids: Int32Array.of(5, 7), bosAdded: false });
  expect(of({ prompt: '5, 7' }).ids).toEqual(Int32Array.of(5, 7));
  expect(() => of({ prompt: '' })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_BAD_REQUEST' }),
  );
  expect(() => of({ prompt: 'five' })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_NOT_TOKENS' }),
  );
});

test('an empty prompt is BOS alone, whatever prependBos says', () => {
  expect(tokens({ prompt: '' }).ids).toEqual(Int32Array.of(4095));
  expect(tokens({ prompt: '', prependBos: false }).ids).toEqual(Int32Array.of(4095));
});

test('a prompt of just the context fits, one token more is refused with both lengths', () => {
  const fitting = new Array(config.context - 1).fill(5);
  expect(tokens({ tokens: fitting }).ids).toHaveLength(config.context);
  expect(() => tokens({ tokens: [...fitting, 5] })).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_PROMPT_TOO_LONG',
      message: expect.stringMatching(/257 tokens.*256/),
    }),
  );
});

test('text that could never fit is refused before it is tokenised', () => {
  expect(() => tokens({ prompt: 'a'.repeat(1e6) })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_PROMPT_TOO_LONG' }),
  );
});

test('a token id outside the vocabulary is refused', () => {
  expect(() => tokens({ tokens: [4096] })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_TOKEN_OUT_OF_RANGE' }),
  );
});

test.each([{}, { prompt: 'a', tokens: [1] }])(
  'neither or both of prompt and tokens: %j',
  (request) => {
    expect(() => tokens(request)).toThrowError(
      expect.objectContaining({ code: 'LOUPE_BAD_REQUEST' }),
    );
  },
);
