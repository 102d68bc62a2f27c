import { LoupeError } from '@loupe/shared';
import {
  type AddedToken,
  type AddedTokens,
  addedTokens,
  type TokenizerExtras,
} from './added-tokens.ts';
import { isObject, type JsonObject } from './json-object.ts';
import { showValue } from './show-value.ts';
import { BYTE_SYMBOLS } from './tokenizer-bytes.ts';

/** How the tokens of a vocabulary are found in a text. */
export type VocabularyKind = 'byte-level' | 'characters';

/** A vocabulary, whichever files it came from. */
export interface Vocabulary {
  /** Default byte-level. */
  readonly kind?: VocabularyKind;
  /** Id of each entry: spelled in the byte alphabet, or as it is where entries are single characters. */
  readonly ids: ReadonlyMap<string, number>;
  /** Pairs of entries to join, first ones first. */
  readonly merges: readonly (readonly [string, string])[];
  /** Tokens that are found in a text before anything else is done with it. */
  readonly added: readonly AddedToken[];
  /** True where special tokens in a text are cut into pieces like any other text. */
  readonly splitSpecial?: boolean;
  /** Ids of the tokens that the tokenizer's files name as the first and last of a sequence. */
  readonly bos?: number | undefined;
  readonly eos?: number | undefined;
}

/** The pattern of a pre-tokenizer that cuts a text into its characters. */
export const ANY_CHARACTER = '[\\s\\S]';

// GPT-2's longest entry has 128 symbols.
const LONGEST_ENTRY = 4096;
const LARGEST_ID = 2 ** 24;

/** Tokenizers that are kept as `vocab.json` and `merges.txt`, and are GPT-2's. */
const SAME_CLASSES = /^(GPT2Tokenizer|PreTrainedTokenizer|TokenizersBackend)(Fast)?$/;

/**
 * Reads `vocab.json` and `merges.txt`, as slow tokenizers are saved.
 *
 * @param vocab the parsed `vocab.json`
 * @param merges the text of `merges.txt`; a first line `#version…` is passed over
 * @param size number of token ids that the model has; added tokens may lie beyond
 * @param extras the files that name added tokens
 * @throws LoupeError `LOUPE_BAD_FILE` for files that are not what they should be,
 * `LOUPE_UNSUPPORTED_MODEL` for a vocabulary that is not byte-level, or another kind of tokenizer.
 */
export function vocabularyOfFiles(
  vocab: unknown,
  merges: string,
  size: number,
  extras: TokenizerExtras = {},
): Vocabulary {
  refuseOtherClass(extras);
  refuseSpaceBefore(extras);
  const file = 'vocab.json';
  const ids = readIds(vocab, file);
  const added = addedTokens([], extras, ids);
  refuseWithoutRow(ids, added, file, size);
  refuseOtherBytes(ids, file);
  return vocabulary('byte-level', ids, readMerges(mergeLines(merges), 'merges.txt', ids), added);
}

/**
 * Reads a `tokenizer.json`, provided that it describes GPT-2's tokenisation (byte-level BPE, no
 * normalizer, no space put before the text), or one token a character. Its post-processor is passed
 * over, since whether BOS is put before a prompt is the request's choice.
 *
 * @param json the parsed file
 * @param size number of token ids that the model has; added tokens may lie beyond
 * @param extras the files that name further added tokens
 * @throws LoupeError `LOUPE_UNSUPPORTED_MODEL` for another kind of tokenizer, `LOUPE_BAD_FILE` for
 * a file that is not what it should be.
 */
export function vocabularyOfTokenizerJson(
  json: unknown,
  size: number,
  extras: TokenizerExtras = {},
): Vocabulary {
  const file = 'tokenizer.json';
  if (!isObject(json) || !isObject(json.model)) throw bad(file, 'it has no model');
  const { vocab, merges } = json.model;
  const characters = isOfCharacters(json, json.model);
  if (!characters) {
    refuseOtherTokenizers(json, json.model);
    refuseSpaceBefore(extras);
  }
  const ids = readIds(vocab, file);
  const added = addedTokens(json.added_tokens ?? [], extras, ids);
  refuseWithoutRow(ids, added, file, size);
  if (characters) return vocabulary('characters', ids, [], added);
  refuseOtherBytes(ids, file);
  if (!Array.isArray(merges)) throw bad(file, 'its merges are not a list');
  return vocabulary('byte-level', ids, readMerges(merges, file, ids), added);
}

function vocabulary(
  kind: VocabularyKind,
  ids: ReadonlyMap<string, number>,
  merges: Vocabulary['merges'],
  { added, bos, eos, splitSpecial }: AddedTokens,
): Vocabulary {
  const idOf = (content: string | undefined) =>
    added.find((token) => token.content === content)?.id;
  return { kind, ids, merges, added, splitSpecial, bos: idOf(bos), eos: idOf(eos) };
}

/** True for one token a character, in the form in which Loupe writes it for models of characters. */
function isOfCharacters(json: JsonObject, model: JsonObject): boolean {
  const { pre_tokenizer: before, normalizer } = json;
  if (model.type !== 'WordLevel' || isPresent(normalizer) || !isObject(model.vocab)) return false;
  const isSplit = isObject(before) && before.type === 'Split' && before.behavior === 'Isolated';
  if (!isSplit || !isObject(before.pattern) || before.pattern.Regex !== ANY_CHARACTER) return false;
  return Object.keys(model.vocab).every((entry) => [...entry].length === 1);
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
  if (isObject(step) && step.add_prefix_space === true) refuseSpace('tokenizer.json');
}

function refuseOtherClass({ tokenizerConfig: config }: TokenizerExtras): void {
  const ofClass = isObject(config) ? config.tokenizer_class : undefined;
  if (typeof ofClass !== 'string' || SAME_CLASSES.test(ofClass)) return;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_MODEL',
    `tokenizer_config.json says ${showValue(ofClass)}. Only GPT-2's byte-level BPE can be used; if this ` +
      'one is such, load it in transformers and save it again, which writes a tokenizer.json.',
  );
}

function refuseSpaceBefore({ tokenizerConfig: config }: TokenizerExtras): void {
  if (isObject(config) && config.add_prefix_space === true) refuseSpace('tokenizer_config.json');
}

function refuseSpace(file: string): never {
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_MODEL',
    `${file} puts a space before every text (add_prefix_space), which Loupe does not. Set it to false ` +
      'there and begin prompts with a space: the tokens are the same.',
  );
}

function readIds(vocab: unknown, file: string): Map<string, number> {
  if (!isObject(vocab)) throw bad(file, 'it has no vocabulary');
  const ids = new Map<string, number>();
  const owners = new Map<number, string>();
  for (const [entry, id] of Object.entries(vocab)) {
    if (entry.length === 0 || entry.length > LONGEST_ENTRY) {
      throw bad(file, `the token ${showValue(entry)} has ${entry.length} characters`);
    }
    if (!isId(id)) throw bad(file, `the token ${showValue(entry)} has the id ${showValue(id)}`);
    const owner = owners.get(id);
    if (owner !== undefined)
      throw bad(file, `${showValue(owner)} and ${showValue(entry)} share id ${id}`);
    owners.set(id, entry);
    ids.set(entry, id);
  }
  return ids;
}

/** Added tokens may lack a row, of the others none: the vocabulary would be another model's. */
function refuseWithoutRow(
  ids: ReadonlyMap<string, number>,
  { added }: AddedTokens,
  file: string,
  size: number,
): void {
  const marks = new Set(added.map(({ content }) => content));
  for (const [entry, id] of ids) {
    if (id < size || marks.has(entry)) continue;
    throw bad(
      file,
      `the token ${showValue(entry)} has the id ${id}, where the model has ${size} tokens. ` +
        'Use the tokenizer that the model was trained with',
    );
  }
}

function refuseOtherBytes(ids: ReadonlyMap<string, number>, file: string): void {
  const absent = BYTE_SYMBOLS.findIndex((symbol) => !ids.has(symbol));
  if (absent < 0) return;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_MODEL',
    `${file} is not a byte-level vocabulary: it has no token for the byte ${absent}.`,
  );
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

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < LARGEST_ID;
}

function bad(file: string, what: string): LoupeError {
  return new LoupeError('LOUPE_BAD_FILE', `${file} cannot be used: ${what}.`);
}
