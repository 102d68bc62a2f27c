import { LoupeError } from '@loupe/shared';
import { expect, test } from 'vitest';
import { Tokenizer } from './tokenizer.ts';
import { BYTE_SYMBOLS } from './tokenizer-bytes.ts';
import { vocabularyOfFiles, vocabularyOfTokenizerJson } from './tokenizer-files.ts';

const SIZE = 300;
const bytes: Record<string, number> = Object.fromEntries(BYTE_SYMBOLS.map((s, i) => [s, i]));
const vocab = { ...bytes, Ġt: 256, he: 257, Ġthe: 258, '#he': 259, '<|endoftext|>': 260 };
const merges = '#version: 0.2\nĠ t\nh e\nĠt he\n# he\n';
const endOfText = { id: 260, content: '<|endoftext|>', special: true };

const json = {
  version: '1.0',
  added_tokens: [{ ...endOfText, lstrip: false, rstrip: false, single_word: false }],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
  post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false },
  decoder: { type: 'ByteLevel' },
  model: {
    dropout: null,
    unk_token: '',
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    fuse_unk: false,
    vocab,
    merges: ['Ġ t', 'h e', 'Ġt he', '# he'],
  },
};

function refusal(action: () => unknown): LoupeError {
  try {
    action();
  } catch (error) {
    if (error instanceof LoupeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each([
  ['with a version line', merges],
  ['without one', merges.slice(merges.indexOf('\n') + 1)],
  ['with Windows line ends', merges.replaceAll('\n', '\r\n')],
  ['with a byte order mark', `\ufeff${merges}`],
  ['without a last line end', merges.trimEnd()],
])('merges.txt %s', (_, text) => {
  const read = vocabularyOfFiles(vocab, text, SIZE);
  expect(read.merges).toEqual([
    ['Ġ', 't'],
    ['h', 'e'],
    ['Ġt', 'he'],
    ['#', 'he'],
  ]);
  expect(read.added).toEqual([endOfText]);
});

test('tokenizer.json says the same as the two files', () => {
  expect(vocabularyOfTokenizerJson(json, SIZE)).toEqual(vocabularyOfFiles(vocab, merges, SIZE));
  const pairs = json.model.merges.map((merge) => merge.split(' '));
  const newer = { ...json, model: { ...json.model, type: 'BPE', merges: pairs } };
  expect(vocabularyOfTokenizerJson(newer, SIZE)).toEqual(vocabularyOfTokenizerJson(json, SIZE));
  const model = { vocabulary: SIZE, bosTokenId: null };
  const [one, other] = [
    Tokenizer.fromTokenizerJson(json, model),
    Tokenizer.fromFiles(vocab, merges, model),
  ];
  const text = ' the #he<|endoftext|> é';
  expect(one.encode(text)).toEqual([258, 32, 35, 257, 260, 32, 195, 169]);
  expect(other.encode(text)).toEqual(one.encode(text));
  expect(one.bosId).toBe(260);
});

test('added tokens stand for their own text, also where the byte alphabet has another', () => {
  const added = [...json.added_tokens, { id: 261, content: 'Ġ é', special: false }];
  const tokenizer = Tokenizer.fromTokenizerJson(
    { ...json, added_tokens: added },
    { vocabulary: SIZE, bosTokenId: 260 },
  );
  const prompt = 'xĠ éy';
  const tokens = tokenizer.tokens(tokenizer.encode(prompt), prompt);
  expect(tokens.map(({ text, start, end }) => [text, start, end])).toEqual([
    ['x', 0, 1],
    ['Ġ é', 1, 4],
    ['y', 4, 5],
  ]);
});

test('a vocabulary without end-of-text has BOS from the configuration, or none', () => {
  const { '<|endoftext|>': _, ...rest } = vocab;
  const load = (bosTokenId: number | null) =>
    Tokenizer.fromFiles(rest, merges, { vocabulary: 260, bosTokenId });
  expect(load(0).bosId).toBe(0);
  expect(load(0).isSpecial(0)).toBe(true);
  expect(load(null).bosId).toBeUndefined();
  expect(load(null).withBos([1, 2])).toEqual([1, 2]);
});

test.each([
  ['no object', null, merges],
  ['a list', [], merges],
  ['an id twice', { ...vocab, x1: 7 }, merges],
  ['an id past the model', { ...vocab, x1: SIZE }, merges],
  ['a negative id', { ...vocab, x1: -1 }, merges],
  ['a fractional id', { ...vocab, x1: 260.5 }, merges],
  ['an id as text', { ...vocab, x1: '260' }, merges],
  ['an empty token', { ...vocab, '': 260 }, merges],
  ['an endless token', { ...vocab, ['x'.repeat(5000)]: 260 }, merges],
  [
    'more tokens than the model',
    Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`t${i}`, i])),
    '',
  ],
  ['a merge of one', vocab, 'Ġ t\nhe\n'],
  ['a merge of three', vocab, 'Ġ t h\n'],
  ['a merge of tokens unknown', vocab, 'ab cd\n'],
  ['a merge into a token unknown', vocab, 'a b\n'],
  ['a merge twice', vocab, 'Ġ t\nĠ t\n'],
])('says that a file is bad: %s', (_, ids, text) => {
  expect(refusal(() => vocabularyOfFiles(ids, text, SIZE)).code).toBe('LOUPE_BAD_FILE');
});

test('says that a vocabulary is not byte-level', () => {
  const rest = Object.fromEntries(Object.entries(vocab).filter(([entry]) => entry !== 'Ġ'));
  const error = refusal(() => vocabularyOfFiles(rest, '', SIZE));
  expect(error.code).toBe('LOUPE_UNSUPPORTED_MODEL');
  expect(error.message).toContain('byte 32');
});

const model = (changes: object) => ({ ...json, model: { ...json.model, ...changes } });
const added = (...tokens: unknown[]) => ({ ...json, added_tokens: tokens });

test.each([
  ['WordPiece', model({ type: 'WordPiece' })],
  ['a prefix', model({ continuing_subword_prefix: '##' })],
  ['a suffix', model({ end_of_word_suffix: '</w>' })],
  ['byte fallback', model({ byte_fallback: true })],
  ['dropout', model({ dropout: 0.1 })],
  ['merges passed over', model({ ignore_merges: true })],
  ['a normalizer', { ...json, normalizer: { type: 'NFC' } }],
  ['no pre-tokenizer', { ...json, pre_tokenizer: null }],
  ['another pre-tokenizer', { ...json, pre_tokenizer: { type: 'Whitespace' } }],
  ['no splitting', { ...json, pre_tokenizer: { type: 'ByteLevel', use_regex: false } }],
  ['a space first', { ...json, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }],
  [
    'two pre-tokenizers',
    {
      ...json,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'ByteLevel' }, { type: 'Digits' }],
      },
    },
  ],
])('tokenizer.json with what GPT-2 does not have: %s', (_, file) => {
  expect(refusal(() => vocabularyOfTokenizerJson(file, SIZE)).code).toBe('LOUPE_UNSUPPORTED_MODEL');
});

test('a sequence of the one right pre-tokenizer is fine', () => {
  const file = {
    ...json,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [json.pre_tokenizer] },
  };
  expect(vocabularyOfTokenizerJson(file, SIZE).ids.size).toBe(261);
});

test.each([
  ['nothing', undefined],
  ['no model', { ...json, model: undefined }],
  ['no vocabulary', model({ vocab: undefined })],
  ['no merges', model({ merges: undefined })],
  ['merges as text', model({ merges })],
  ['a merge of numbers', model({ merges: [[1, 2]] })],
  ['a merge of null', model({ merges: [null] })],
  ['added tokens as an object', { ...json, added_tokens: {} }],
  ['too many added tokens', added(...Array.from({ length: 10_001 }, () => endOfText))],
  ['an added token that is null', added(null)],
  ['an added token without text', added({ id: 260 })],
  ['an added token that is empty', added({ id: 260, content: '' })],
  ['an added token without end', added({ id: 261, content: 'x'.repeat(600) })],
  ['an added token twice', added(endOfText, endOfText)],
  ['an added token after a gap', added(endOfText, { id: 270, content: 'x1' })],
  ['an added token without id', added({ content: 'x1' })],
  ['an added token with the id of another', added({ id: 5, content: 'x1' })],
  ['an added token with two ids', added({ id: 261, content: 'he' })],
])('tokenizer.json that is bad: %s', (_, file) => {
  expect(refusal(() => vocabularyOfTokenizerJson(file, SIZE)).code).toBe('LOUPE_BAD_FILE');
});
