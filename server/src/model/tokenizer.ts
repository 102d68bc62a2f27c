import { Tokenizer as BpeTokenizer } from '@huggingface/tokenizers';
import { LoupeError, type Token } from '@loupe/shared';
import type { ModelConfig } from './config.ts';
import { bytesOfEntry, readableBytes } from './tokenizer-bytes.ts';
import {
  END_OF_TEXT,
  type Vocabulary,
  vocabularyOfFiles,
  vocabularyOfTokenizerJson,
} from './tokenizer-files.ts';
import { byteRanges } from './tokenizer-offsets.ts';

/** What a tokenizer has to know of its model. */
export type TokenizerModel = Pick<ModelConfig, 'vocabulary' | 'bosTokenId'>;

/**
 * GPT-2's byte-level BPE. Gives the ids that Hugging Face's GPT2TokenizerFast gives, which means
 * that a literal `<|endoftext|>` in a text becomes the special token. Every text can be encoded, and
 * the tokens' bytes put together are the text's UTF-8; a lone surrogate counts as U+FFFD.
 */
export class Tokenizer {
  /** Id of the token that begins a sequence. */
  readonly bosId: number;
  /** One more than the largest id that has a token. */
  readonly size: number;
  /**
   * Bytes of the longest token. The UTF-8 of a text is no shorter than its UTF-16 units are many, so a
   * text of n units takes at least n / maxTokenLength tokens.
   */
  readonly maxTokenLength: number;
  readonly #bpe: BpeTokenizer;
  readonly #entries: readonly (string | undefined)[];
  readonly #added: ReadonlySet<number>;
  readonly #special: ReadonlySet<number>;
  readonly #addedContents: RegExp | undefined;
  readonly #texts: (string | undefined)[] = [];

  /**
   * @throws LoupeError `LOUPE_UNSUPPORTED_MODEL` if neither the configuration nor the vocabulary
   * says which token begins a sequence.
   */
  constructor(vocabulary: Vocabulary, bosTokenId: number | null) {
    const { ids, merges, added } = vocabulary;
    const entries: (string | undefined)[] = [];
    for (const [entry, id] of ids) entries[id] = entry;
    for (const { content, id } of added) entries[id] = content;
    this.#entries = entries;
    this.#added = new Set(added.map(({ id }) => id));
    this.#addedContents = anyOf(added.map(({ content }) => content));
    this.bosId = bosTokenId ?? ids.get(END_OF_TEXT) ?? noBos();
    this.#special = new Set([
      this.bosId,
      ...added.filter(({ special }) => special).map(({ id }) => id),
    ]);
    this.size = entries.length;
    this.maxTokenLength = entries.reduce((most, _, id) => Math.max(most, this.bytes(id).length), 1);
    this.#bpe = new BpeTokenizer(tokenizerJson(ids, merges, added), {});
  }

  /**
   * From `vocab.json`, parsed, and the text of `merges.txt`.
   *
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_UNSUPPORTED_MODEL`
   */
  static fromFiles(vocab: unknown, merges: string, model: TokenizerModel): Tokenizer {
    return new Tokenizer(vocabularyOfFiles(vocab, merges, model.vocabulary), model.bosTokenId);
  }

  /**
   * From `tokenizer.json`, parsed.
   *
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_UNSUPPORTED_MODEL`
   */
  static fromTokenizerJson(json: unknown, model: TokenizerModel): Tokenizer {
    return new Tokenizer(vocabularyOfTokenizerJson(json, model.vocabulary), model.bosTokenId);
  }

  /** Token ids of a text, without BOS. Takes time in proportion to the text, whatever it holds. */
  encode(text: string): number[] {
    return this.#bpe.encode(text.replace(LONE_SURROGATES, '\ufffd')).ids;
  }

  /**
   * A lower bound of how many tokens a text takes, many times faster than encoding it: a text for
   * which it is more than the context cannot fit.
   *
   * @param enough a bound above this need not be the best one
   */
  leastTokens(text: string, enough = Number.POSITIVE_INFINITY): number {
    const byLength = this.#leastByLength(text);
    if (byLength > enough) return byLength;
    const parts = this.#addedContents ? text.split(this.#addedContents) : [text];
    let least = parts.length - 1;
    for (const part of parts) {
      for (const piece of part.match(PIECE) ?? []) least += this.#leastByLength(piece);
    }
    return least;
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

  /** The bytes that a token adds to a text; none for an id without a token. */
  bytes(id: number): Uint8Array {
    const entry = this.#entries[id];
    if (entry === undefined) return new Uint8Array(0);
    return this.#added.has(id) ? new TextEncoder().encode(entry) : bytesOfEntry(entry);
  }

  /** True for tokens that mark something, such as end-of-text, and stand for no text. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
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
    if (prompt !== undefined) this.#addRanges(tokens.slice(bosAdded ? 1 : 0), prompt);
    return tokens;
  }

  #leastByLength(text: string): number {
    return Math.ceil(text.length / this.maxTokenLength);
  }

  #addRanges(tokens: readonly Token[], prompt: string): void {
    const bytes = new TextEncoder().encode(prompt);
    const ranges = byteRanges(prompt, bytes.length);
    let from = 0;
    for (const token of tokens) {
      const own = this.bytes(token.id);
      if (own.length === 0 || own.some((byte, i) => byte !== bytes[from + i])) throw notOfPrompt();
      const to = from + own.length;
      token.start = ranges.start[from] as number;
      token.end = ranges.end[to - 1] as number;
      from = to;
    }
    if (from !== bytes.length) throw notOfPrompt();
  }
}

const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * How GPT-2 cuts a text into pieces, of which BPE then joins no two. The library's own byte-level rule
 * has JavaScript's `\s`, which counts U+FEFF and not U+0085: neither Unicode nor Hugging Face does.
 */
const PIECE =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Finds the first and longest of some texts, as the library looks for added tokens. */
function anyOf(texts: readonly string[]): RegExp | undefined {
  if (texts.length === 0) return undefined;
  const longestFirst = texts.toSorted((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escapeRegExp).join('|'), 'u');
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** The vocabulary in the form of Hugging Face's `tokenizer.json`. */
function tokenizerJson(
  ids: ReadonlyMap<string, number>,
  merges: Vocabulary['merges'],
  added: Vocabulary['added'],
): object {
  return {
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: PIECE.source }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: null,
    added_tokens: added,
    model: { type: 'BPE', vocab: Object.fromEntries(ids), merges },
  };
}

function noBos(): never {
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_MODEL',
    `Neither config.json nor the vocabulary says which token begins a sequence: there is no bos_token_id and no ${END_OF_TEXT}.`,
  );
}

function notOfPrompt(): LoupeError {
  return new LoupeError('LOUPE_BAD_REQUEST', 'The tokens are not those of the prompt.');
}
