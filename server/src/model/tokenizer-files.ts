import { LoupeError } from '@loupe/shared';
import { showValue } from './show-value.ts';
import { BYTE_SYMBOLS } from './tokenizer-bytes.ts';

/** A byte-level BPE vocabulary, whichever files it came from. */
export interface Vocabulary {
  /** Id of each entry, spelled in the byte alphabet. */
  readonly ids: ReadonlyMap<string, number>;
  /** Pairs of entries to join, first ones first. */
  readonly merges: readonly (readonly [string, string])[];
  /** Tokens that are found in a text before anything else is done with it. */
  readonly added: readonly AddedToken[];
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

export const END_OF_TEXT = '<|endoftext|>';

// GPT-2's longest entry has 128 symbols. The library keeps a tree of all added tokens' characters.
const LONGEST_ENTRY = 4096;
const LONGEST_ADDED = 512;
const MOST_ADDED = 10_000;

/**
 * Reads `vocab.json` and `merges.txt`. `<|endoftext|>`, where the vocabulary has it, is an added
 * token, as in Hugging Face's GPT2TokenizerFast.
 *
 * @param vocab the parsed `vocab.json`
 * @param merges the text of `merges.txt`; a first line `#version…` is passed over
 * @param size number of token ids that the model has
 * @throws LoupeError `LOUPE_BAD_FILE` for files that are not what they should be,
 * `LOUPE_UNSUPPORTED_MODEL` for a vocabulary that is not byte-level.
 */
export function vocabularyOfFiles(vocab: unknown, merges: string, size: number): Vocabulary {
  const ids = readIds(vocab, 'vocab.json', size);
  const endOfText = ids.get(END_OF_TEXT);
  return {
    ids,
    merges: readMerges(mergeLines(merges), 'merges.txt', ids),
    added: endOfText === undefined ? [] : [{ id: endOfText, content: END_OF_TEXT, special: true }],
  };
}

/**
 * Reads a `tokenizer.json`, provided that it describes GPT-2's tokenisation: byte-level BPE, no
 * normalizer, no space put before the text. Its post-processor is passed over, since whether BOS is
 * put before a prompt is the request's choice.
 *
 * @param json the parsed file
 * @param size number of token ids that the model has
 * @throws LoupeError `LOUPE_UNSUPPORTED_MODEL` for another kind of tokenizer, `LOUPE_BAD_FILE` for
 * a file that is not what it should be.
 */
export function vocabularyOfTokenizerJson(json: unknown, size: number): Vocabulary {
  const file = 'tokenizer.json';
  if (!isObject(json) || !isObject(json.model)) throw bad(file, 'it has no model');
  refuseOtherTokenizers(json, json.model);
  const ids = readIds(json.model.vocab, file, size);
  const { merges } = json.model;
  if (!Array.isArray(merges)) throw bad(file, 'its merges are not a list');
  return {
    ids,
    merges: readMerges(merges, file, ids),
    added: readAdded(json.added_tokens ?? [], file, ids, size),
  };
}

function refuseOtherTokenizers(json: JsonObject, model: JsonObject): void {
  const refuse = (what: string): never => {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `tokenizer.json ${what}. Only GPT-2's byte-level BPE can be used.`,
    );
  };
  // Older files leave the type out, and write '' for what is not used.
  if (model.type !== undefined && model.type !== 'BPE')
    refuse(`is of type ${showValue(model.type)}`);
  const unused = ['continuing_subword_prefix', 'end_of_word_suffix', 'byte_fallback', 'dropout'];
  for (const name of [...unused, 'ignore_merges']) {
    if (model[name]) refuse(`uses ${name}`);
  }
  if (isPresent(json.normalizer)) refuse('has a normalizer');
  const before = json.pre_tokenizer;
  const steps = isObject(before) && before.type === 'Sequence' ? before.pretokenizers : [before];
  const step: unknown = Array.isArray(steps) && steps.length === 1 ? steps[0] : undefined;
  if (!isObject(step) || step.type !== 'ByteLevel' || step.use_regex === false) {
    refuse('does not split text as GPT-2 does');
  }
  if (isObject(step) && step.add_prefix_space === true) refuse('puts a space before every text');
}

function readIds(vocab: unknown, file: string, size: number): Map<string, number> {
  if (!isObject(vocab)) throw bad(file, 'it has no vocabulary');
  const entries = Object.entries(vocab);
  if (entries.length > size) {
    throw bad(file, `it has ${entries.length} tokens, where the model has ${size}`);
  }
  const ids = new Map<string, number>();
  const owners = new Map<number, string>();
  for (const [entry, id] of entries) {
    if (entry.length === 0 || entry.length > LONGEST_ENTRY) {
      throw bad(file, `the token ${showValue(entry)} has ${entry.length} characters`);
    }
    if (!isIdBelow(id, size)) throw bad(file, outOfRange(entry, id, size));
    const owner = owners.get(id);
    if (owner !== undefined)
      throw bad(file, `${showValue(owner)} and ${showValue(entry)} share id ${id}`);
    owners.set(id, entry);
    ids.set(entry, id);
  }
  const absent = BYTE_SYMBOLS.findIndex((symbol) => !ids.has(symbol));
  if (absent >= 0) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${file} is not a byte-level vocabulary: it has no token for the byte ${absent}.`,
    );
  }
  return ids;
}

function mergeLines(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
}

function readMerges(
  merges: readonly unknown[],
  file: string,
  ids: ReadonlyMap<string, number>,
): [string, string][] {
  const known = new Set<string>();
  return merges.map((merge, i) => {
    const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] = Array.isArray(parts) && parts.length === 2 ? parts : [];
    if (typeof left !== 'string' || typeof right !== 'string') {
      throw bad(file, `merge ${i + 1}, ${showValue(merge)}, is not two tokens`);
    }
    for (const entry of [left, right, left + right]) {
      if (!ids.has(entry)) {
        throw bad(file, `merge ${i + 1} has ${showValue(entry)}, which is not in the vocabulary`);
      }
    }
    const key = `${left} ${right}`;
    if (known.has(key)) throw bad(file, `merge ${i + 1}, ${showValue(key)}, stands there twice`);
    known.add(key);
    return [left, right];
  });
}

function readAdded(
  added: unknown,
  file: string,
  ids: ReadonlyMap<string, number>,
  size: number,
): AddedToken[] {
  if (!Array.isArray(added) || added.length > MOST_ADDED) {
    throw bad(file, `its added tokens are not a list of at most ${MOST_ADDED}`);
  }
  const owners = new Map([...ids].map(([entry, id]) => [id, entry]));
  const contents = new Set<string>();
  return added.map((token: unknown) => {
    if (!isObject(token)) throw bad(file, 'an added token is not described by an object');
    const { id, content, special } = token;
    if (typeof content !== 'string' || content === '' || content.length > LONGEST_ADDED) {
      throw bad(file, `an added token has the text ${showValue(content)}`);
    }
    if (!isIdBelow(id, size)) throw bad(file, outOfRange(content, id, size));
    if ((ids.get(content) ?? id) !== id || (owners.get(id) ?? content) !== content) {
      throw bad(file, `the added token ${showValue(content)} has the id ${id} of another token`);
    }
    if (contents.has(content)) throw bad(file, `the token ${showValue(content)} is added twice`);
    owners.set(id, content);
    contents.add(content);
    if (token.lstrip === true || token.rstrip === true || token.single_word === true) {
      throw new LoupeError(
        'LOUPE_UNSUPPORTED_MODEL',
        `${file}: the added token ${showValue(content)} uses lstrip, rstrip or single_word, which Loupe does not have.`,
      );
    }
    return { id, content, special: special === true };
  });
}

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isIdBelow(value: unknown, size: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < size;
}

function outOfRange(entry: string, id: unknown, size: number): string {
  return `the token ${showValue(entry)} has the id ${showValue(id)}, where the model has ${size} tokens`;
}

function bad(file: string, what: string): LoupeError {
  return new LoupeError('LOUPE_BAD_FILE', `${file} cannot be used: ${what}.`);
}
