import { LoupeError } from '@loupe/shared';
import { isObject, type JsonObject } from './json-object.ts';
import { showValue } from './show-value.ts';

/** A token that is found in a text before anything else is done with it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  /** It takes the white space before it. */
  readonly lstrip?: true;
  /** It takes the white space after it. */
  readonly rstrip?: true;
  /** It is found only where no word's character stands beside it. */
  readonly singleWord?: true;
  /** It is looked for in what the tokens that are not so leave. */
  readonly normalized?: true;
}

/** What a tokenizer's smaller files say, parsed; what is not there is undefined. */
export interface TokenizerExtras {
  /** `added_tokens.json`, `{ content: id }`. */
  readonly addedTokens?: unknown;
  /** `special_tokens_map.json`. */
  readonly specialTokensMap?: unknown;
  /** `tokenizer_config.json`. */
  readonly tokenizerConfig?: unknown;
}

/** The added tokens of a vocabulary, and which of them its files call BOS and EOS. */
export interface AddedTokens {
  readonly added: readonly AddedToken[];
  /** Content of `bos_token` and `eos_token`, where a file names them. */
  readonly bos: string | undefined;
  readonly eos: string | undefined;
  /** True where special tokens in a text are cut into pieces like any other text. */
  readonly splitSpecial: boolean;
}

export const END_OF_TEXT = '<|endoftext|>';

/** The library that looks for added tokens keeps a tree of all their characters. */
const LONGEST_ADDED = 512;
const MAX_ADDED = 10_000;

const NAMES = ['bos', 'eos', 'unk', 'sep', 'pad', 'cls', 'mask'].map((name) => `${name}_token`);
const LISTS = [
  'additional_special_tokens',
  'extra_special_tokens',
  'model_specific_special_tokens',
];

/** Classes whose tokens, where no file names them, are all end-of-text. */
const GPT2_CLASS = /^GPT2Tokenizer(Fast)?$/;

type Stated = Omit<AddedToken, 'id'>;

/**
 * Gathers the added tokens from all the files that may name them, and gives them the ids that
 * transformers 5 gives: those of the vocabulary where it has them, else the next free ones, in the order
 * of the ids that the files state, special tokens without a stated id last.
 *
 * @param listed `added_tokens` of `tokenizer.json`, `[]` where there is no such file
 * @param ids the vocabulary without added tokens
 * @throws LoupeError `LOUPE_BAD_FILE` for files that are not what they should be, or that state other
 * ids than transformers gives
 */
export function addedTokens(
  listed: unknown,
  extras: TokenizerExtras,
  ids: ReadonlyMap<string, number>,
): AddedTokens {
  const config = objectOf(extras.tokenizerConfig, 'tokenizer_config.json');
  const decoder = config.added_tokens_decoder;
  // As in transformers: a decoder says all that the two older files would.
  const isNewer = decoder !== undefined && decoder !== null;
  const map = isNewer ? {} : objectOf(extras.specialTokensMap, 'special_tokens_map.json');
  const value = (key: string): unknown => (map[key] === undefined ? config[key] : map[key]);
  const stated = new Map<string, { id: number; token: Stated; file: string }>();
  for (const [id, token] of ofTokenizerJson(listed)) {
    if (stated.has(token.content)) {
      throw bad('tokenizer.json', `the token ${showValue(token.content)} is added twice`);
    }
    stated.set(token.content, { id, token, file: 'tokenizer.json' });
  }
  if (isNewer) {
    for (const [key, value] of Object.entries(objectOf(decoder, 'tokenizer_config.json'))) {
      const token = describe(value, 'tokenizer_config.json');
      stated.set(token.content, { id: Number(key), token, file: 'tokenizer_config.json' });
    }
  } else {
    const file = 'added_tokens.json';
    for (const [content, id] of Object.entries(objectOf(extras.addedTokens, file))) {
      // Of special ones transformers says that they are not normalised.
      const special = NAMES.some((key) => contentOf(value(key)) === content);
      const token = describe({ content, special }, file);
      if (!stated.has(content)) stated.set(content, { id: Number(id), token, file });
    }
  }
  const named = new Map<string, Stated>();
  const nameOf = (key: string): string | undefined => {
    const given = value(key);
    if (given === undefined || given === null) return undefined;
    const token = describe(given, key in map ? 'special_tokens_map.json' : 'tokenizer_config.json');
    if (!named.has(token.content)) named.set(token.content, { ...token, special: true });
    return token.content;
  };
  const [bos, eos] = NAMES.map(nameOf);
  for (const key of LISTS) {
    const given = value(key);
    for (const each of isObject(given) ? Object.values(given) : Array.isArray(given) ? given : []) {
      const token = describe(each, 'tokenizer_config.json');
      if (!named.has(token.content)) named.set(token.content, { ...token, special: true });
    }
  }
  const ofClass = config.tokenizer_class;
  const isGpt2 = typeof ofClass !== 'string' || GPT2_CLASS.test(ofClass);
  const silent = ['bos_token', 'eos_token', 'unk_token'].some((key) => value(key) === undefined);
  if (isGpt2 && silent && !named.has(END_OF_TEXT)) {
    named.set(END_OF_TEXT, { content: END_OF_TEXT, special: true });
  }
  return {
    added: numbered(stated, named, ids),
    bos,
    eos,
    splitSpecial: config.split_special_tokens === true,
  };
}

function numbered(
  stated: ReadonlyMap<string, { id: number; token: Stated; file: string }>,
  named: ReadonlyMap<string, Stated>,
  ids: ReadonlyMap<string, number>,
): AddedToken[] {
  if (stated.size + named.size > MAX_ADDED) {
    throw bad('The tokenizer', `it has more than ${MAX_ADDED} added tokens`);
  }
  const owners = new Map([...ids].map(([entry, id]) => [id, entry]));
  let next = ids.size;
  const take = (content: string): number => {
    const id = ids.get(content) ?? next;
    next = Math.max(next, id + 1);
    return id;
  };
  const added: AddedToken[] = [];
  for (const { id, token, file } of [...stated.values()].sort((a, b) => a.id - b.id)) {
    const { content } = token;
    if (!Number.isSafeInteger(id) || id < 0) {
      throw bad(file, `the added token ${showValue(content)} has the id ${showValue(id)}`);
    }
    if ((ids.get(content) ?? id) !== id || (owners.get(id) ?? content) !== content) {
      throw bad(file, `the added token ${showValue(content)} has the id ${id} of another token`);
    }
    const given = take(content);
    if (given !== id) {
      throw bad(
        file,
        `the added token ${showValue(content)} is said to have the id ${id}, and transformers gives it ` +
          `${given}, as no token has an id between. Put the id that it was trained with in all files`,
      );
    }
    owners.set(id, content);
    const special = token.special || named.has(content);
    added.push({ ...token, special, id });
  }
  for (const [content, token] of named) {
    if (!stated.has(content)) added.push({ ...token, id: take(content) });
  }
  return added;
}

function* ofTokenizerJson(listed: unknown): Generator<[number, Stated]> {
  const file = 'tokenizer.json';
  if (!Array.isArray(listed) || listed.length > MAX_ADDED) {
    throw bad(file, `its added tokens are not a list of at most ${MAX_ADDED}`);
  }
  for (const token of listed) {
    if (!isObject(token)) throw bad(file, 'an added token is not described by an object');
    const { id } = token;
    const described = describe(token, file);
    if (typeof id !== 'number') {
      throw bad(file, `the added token ${showValue(described.content)} has no id`);
    }
    yield [id, described];
  }
}

/** An added token as the files write it: its content, or an object. */
function describe(value: unknown, file: string): Stated {
  const object: JsonObject = isObject(value) ? value : { content: value, special: true };
  const { content } = object;
  if (typeof content !== 'string' || content === '' || content.length > LONGEST_ADDED) {
    throw bad(file, `an added token has the text ${showValue(content)}`);
  }
  const special = object.special === true;
  return {
    content,
    special,
    ...(object.lstrip === true && { lstrip: true }),
    ...(object.rstrip === true && { rstrip: true }),
    ...(object.single_word === true && { singleWord: true }),
    ...((object.normalized ?? !special) === true && { normalized: true }),
  };
}

function contentOf(token: unknown): unknown {
  return isObject(token) ? token.content : token;
}

function objectOf(value: unknown, file: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw bad(file, 'it is not a JSON object');
}

function bad(file: string, what: string): LoupeError {
  return new LoupeError('LOUPE_BAD_FILE', `${file} cannot be used: ${what}.`);
}
