import { Tokenizer as BpeTokenizer } from '@huggingface/tokenizers';
import { AddedTokenSplitter } from '../added-token-splitter.ts';
import { bytesOfEntry } from '../tokenizer-bytes.ts';
import type { Vocabulary } from '../tokenizer-files.ts';
import { byteRanges } from '../tokenizer-offsets.ts';
import { notOfPrompt, type Segmenter } from './segmenter.ts';

const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * How GPT-2 cuts a text into pieces, of which BPE then joins no two. The library's own byte-level rule
 * has JavaScript's `\s`, which counts U+FEFF and not U+0085: neither Unicode nor Hugging Face does.
 */
const PIECE =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * GPT-2's byte-level BPE, after the added tokens were taken out of the text: the ids of Hugging Face's
 * GPT2Tokenizer. Every text can be encoded; a lone surrogate counts as U+FFFD.
 */
export class ByteLevelSegmenter implements Segmenter {
  readonly #bpe: BpeTokenizer;
  readonly #splitter: AddedTokenSplitter;
  readonly #bytes: (id: number) => Uint8Array;
  /** Bytes of the longest token that BPE makes. */
  readonly #longest: number;
  /** True if an added token may take any amount of white space. */
  readonly #strips: boolean;
  readonly #longestAdded: number;

  /** @param bytes what a token that BPE makes adds to a text */
  constructor({ ids, merges, added, splitSpecial }: Vocabulary, bytes: (id: number) => Uint8Array) {
    const found = splitSpecial ? added.filter(({ special }) => !special) : added;
    this.#splitter = new AddedTokenSplitter(found);
    this.#bytes = bytes;
    this.#strips = found.some(({ lstrip, rstrip }) => lstrip || rstrip);
    this.#longestAdded = found.reduce((most, { content }) => Math.max(most, content.length), 1);
    this.#longest = 1;
    for (const entry of ids.keys()) {
      this.#longest = Math.max(this.#longest, bytesOfEntry(entry).length);
    }
    this.#bpe = new BpeTokenizer(tokenizerJson(ids, merges), {});
  }

  encode(text: string): number[] {
    const sound = text.replace(LONE_SURROGATES, '\ufffd');
    return this.#splitter
      .split(sound)
      .flatMap(({ start, end, added }) =>
        added === undefined ? this.#bpe.encode(sound.slice(start, end)).ids : [added],
      );
  }

  writable(text: string): string {
    return text;
  }

  leastTokens(text: string, enough: number): number {
    // The UTF-8 of a text is no shorter than its UTF-16 units are many.
    const longest = Math.max(this.#longest, this.#longestAdded);
    const byLength = this.#strips ? 0 : Math.ceil(text.length / longest);
    if (byLength > enough) return byLength;
    let least = 0;
    for (const { start, end, added } of this.#splitter.split(text)) {
      if (added === undefined) {
        for (const piece of text.slice(start, end).match(PIECE) ?? []) {
          least += Math.ceil(piece.length / this.#longest);
        }
      } else least++;
    }
    return least;
  }

  ranges(ids: readonly number[], text: string): [start: number, end: number][] {
    const ranges: [start: number, end: number][] = [];
    for (const { start, end, added } of this.#splitter.split(text)) {
      if (added === undefined) this.#addPieces(ids, text.slice(start, end), start, ranges);
      else if (ids[ranges.length] !== added) throw notOfPrompt();
      else ranges.push([start, end]);
    }
    if (ranges.length !== ids.length) throw notOfPrompt();
    return ranges;
  }

  /** Ranges of the tokens that BPE made of a piece of text, which begins at `offset`. */
  #addPieces(
    ids: readonly number[],
    piece: string,
    offset: number,
    ranges: [start: number, end: number][],
  ): void {
    const bytes = new TextEncoder().encode(piece);
    const units = byteRanges(piece, bytes.length);
    for (let from = 0; from < bytes.length; ) {
      const own = this.#bytes(ids[ranges.length] ?? -1);
      if (own.length === 0 || own.some((byte, i) => byte !== bytes[from + i])) throw notOfPrompt();
      const to = from + own.length;
      ranges.push([offset + (units.start[from] as number), offset + (units.end[to - 1] as number)]);
      from = to;
    }
  }
}

/** The vocabulary in the form of Hugging Face's `tokenizer.json`, without added tokens. */
function tokenizerJson(ids: ReadonlyMap<string, number>, merges: Vocabulary['merges']): object {
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
    added_tokens: [],
    model: { type: 'BPE', vocab: Object.fromEntries(ids), merges },
  };
}
