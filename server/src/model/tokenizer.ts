import type { Token } from '@loupe/shared';
import { END_OF_TEXT, type TokenizerExtras } from './added-tokens.ts';
import type { ModelConfig } from './config.ts';
import { ByteLevelSegmenter } from './segmenters/byte-level.ts';
import { CharacterSegmenter } from './segmenters/characters.ts';
import { ListedIdSegmenter } from './segmenters/listed-ids.ts';
import type { Segmenter } from './segmenters/segmenter.ts';
import { bytesOfEntry, readableBytes } from './tokenizer-bytes.ts';
import {
  type Vocabulary,
  vocabularyOfFiles,
  vocabularyOfTokenizerJson,
} from './tokenizer-files.ts';

/** What a tokenizer has to know of its model. */
export type TokenizerModel = Pick<ModelConfig, 'vocabulary' | 'bosTokenId'>;

/** No entries: the tokens of a model without a tokenizer. */
const NO_ENTRIES: Vocabulary = { kind: 'characters', ids: new Map(), merges: [], added: [] };

/**
 * A model's tokens and how texts become them: GPT-2's byte-level BPE, with the ids that Hugging Face's
 * GPT2Tokenizer gives (a literal `<|endoftext|>` in a text becomes the special token); one token a
 * character; or, for a model without a tokenizer, ids alone.
 */
export class Tokenizer {
  /** Id of the token that begins a sequence; undefined where the model has none. */
  readonly bosId: number | undefined;
  /** One more than the largest id that has a token. */
  readonly size: number;
  /** Bytes of the longest token. */
  readonly maxTokenLength: number;
  /** False for a model without a tokenizer, where a text can only be a list of token ids. */
  readonly hasText: boolean;
  readonly #entries: readonly (string | undefined)[];
  /** True where entries are spelled in the byte alphabet, but for the added ones. */
  readonly #isByteLevel: boolean;
  readonly #added: ReadonlySet<number>;
  readonly #special: ReadonlySet<number>;
  readonly #segmenter: Segmenter;
  readonly #texts: (string | undefined)[] = [];

  /** @param bosId see `chooseBos` */
  constructor(vocabulary: Vocabulary | undefined, bosId: number | undefined) {
    const { kind = 'byte-level', ids, added } = vocabulary ?? NO_ENTRIES;
    const entries: (string | undefined)[] = [];
    for (const [entry, id] of ids) entries[id] = entry;
    for (const { content, id } of added) entries[id] = content;
    this.#entries = entries;
    this.#isByteLevel = kind === 'byte-level';
    this.#added = new Set(added.map(({ id }) => id));
    this.bosId = bosId;
    const marks = added.filter(({ special }) => special).map(({ id }) => id);
    this.#special = new Set(bosId === undefined ? marks : [bosId, ...marks]);
    this.size = entries.length;
    this.maxTokenLength = entries.reduce((most, _, id) => Math.max(most, this.bytes(id).length), 1);
    this.hasText = vocabulary !== undefined;
    this.#segmenter =
      vocabulary === undefined
        ? new ListedIdSegmenter()
        : kind === 'characters'
          ? new CharacterSegmenter(ids)
          : new ByteLevelSegmenter(vocabulary, (id) => this.bytes(id));
  }

  /**
   * From `vocab.json`, parsed, and the text of `merges.txt`.
   *
   * @param extras the files that name added tokens
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_UNSUPPORTED_MODEL`
   */
  static fromFiles(
    vocab: unknown,
    merges: string,
    model: TokenizerModel,
    extras: TokenizerExtras = {},
  ): Tokenizer {
    return Tokenizer.of(vocabularyOfFiles(vocab, merges, model.vocabulary, extras), model);
  }

  /**
   * From `tokenizer.json`, parsed.
   *
   * @param extras the files that name further added tokens
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_UNSUPPORTED_MODEL`
   */
  static fromTokenizerJson(
    json: unknown,
    model: TokenizerModel,
    extras: TokenizerExtras = {},
  ): Tokenizer {
    return Tokenizer.of(vocabularyOfTokenizerJson(json, model.vocabulary, extras), model);
  }

  /** Of a vocabulary, or of none, where tokens are ids alone. */
  static of(vocabulary: Vocabulary | undefined, model: TokenizerModel): Tokenizer {
    return new Tokenizer(vocabulary, chooseBos(vocabulary ?? NO_ENTRIES, model));
  }

  /**
   * Token ids of a text, without BOS. Takes time in proportion to the text, whatever it holds.
   *
   * @throws LoupeError `LOUPE_NOT_TOKENS` for a text that the vocabulary cannot write; byte-level ones
   * can write any
   */
  encode(text: string): number[] {
    return this.#segmenter.encode(text);
  }

  /** A text without what the vocabulary cannot write; byte-level ones can write any. */
  writable(text: string): string {
    return this.#segmenter.writable(text);
  }

  /** Token ids of a sequence with BOS before them, where the model has one. */
  withBos(ids: Iterable<number>): number[] {
    return this.bosId === undefined ? [...ids] : [this.bosId, ...ids];
  }

  /**
   * A lower bound of how many tokens a text takes, many times faster than encoding it: a text for
   * which it is more than the context cannot fit.
   *
   * @param enough a bound above this need not be the best one
   */
  leastTokens(text: string, enough = Number.POSITIVE_INFINITY): number {
    return this.#segmenter.leastTokens(text, enough);
  }

  /**
   * A token as people can read it: whole characters as they are, bytes that are only part of one as
   * `⟨e2⟩`. A model may have ids without a token; those read `⟨#50300⟩`.
   */
  text(id: number): string {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    if (this.#entries[id] === undefined) return `⟨#${id}⟩`;
    const text = readableBytes(this.bytes(id));
    this.#texts[id] = text;
    return text;
  }

  /**
   * The bytes that a token adds to a text, besides white space that an added token may take; none for an
   * id without a token.
   */
  bytes(id: number): Uint8Array {
    const entry = this.#entries[id];
    if (entry === undefined) return new Uint8Array(0);
    const isPlain = !this.#isByteLevel || this.#added.has(id);
    return isPlain ? new TextEncoder().encode(entry) : bytesOfEntry(entry);
  }

  /** True for tokens that mark something, such as end-of-text, and stand for no text. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** Added tokens from an id on: those for which a model of so many tokens has no row. */
  tokensFrom(id: number): string[] {
    return [...this.#added]
      .filter((added) => added >= id)
      .map((added) => this.#entries[added] as string);
  }

  /**
   * Describes the tokens of a prompt. With its text, each also has the UTF-16 range of the prompt that
   * it covers; a token that holds part of a character has that whole character's range.
   *
   * @param ids token ids, with the BOS that was put before them if there is one
   * @param prompt the text that was encoded, if the ids came from one
   * @param bosAdded true if the first id is a BOS that is not part of the text
   * @throws LoupeError `LOUPE_BAD_REQUEST` if the ids are not those of the prompt
   */
  tokens(ids: ArrayLike<number>, prompt?: string, bosAdded = false): Token[] {
    const tokens: Token[] = Array.from(ids, (id, position) => ({
      position,
      id,
      text: this.text(id),
      ...(this.isSpecial(id) && { special: true }),
    }));
    if (prompt !== undefined) {
      const own = tokens.slice(bosAdded ? 1 : 0);
      const ranges = this.#segmenter.ranges(
        own.map(({ id }) => id),
        prompt,
      );
      for (const [i, [start, end]] of ranges.entries()) {
        Object.assign(own[i] as Token, { start, end });
      }
    }
    return tokens;
  }
}

/**
 * The token that begins a sequence: the one that the tokenizer's files name, as in transformers, else that of
 * `config.json`, else the one that ends a sequence, else end-of-text. None may be beyond the rows of the
 * model; undefined where there is none.
 */
export function chooseBos(
  { ids, added, bos, eos }: Vocabulary,
  { vocabulary, bosTokenId }: TokenizerModel,
): number | undefined {
  const endOfText =
    ids.get(END_OF_TEXT) ?? added.find(({ content }) => content === END_OF_TEXT)?.id;
  return [bos, bosTokenId, eos, endOfText].find(
    (id): id is number => typeof id === 'number' && id < vocabulary,
  );
}
