import { LoupeError } from '@loupe/shared';

/** How texts are cut into tokens. */
export interface Segmenter {
  /**
   * Ids of a text's tokens.
   *
   * @throws LoupeError `LOUPE_NOT_TOKENS` for a text that this vocabulary cannot write
   */
  encode(text: string): number[];
  /** A text without what this vocabulary cannot write. */
  writable(text: string): string;
  /**
   * A lower bound of how many tokens a text takes, many times faster than encoding it.
   *
   * @param enough a bound above this need not be the best one
   */
  leastTokens(text: string, enough: number): number;
  /**
   * Where each token of a text lies in it, in UTF-16 units; a token that holds part of a character has
   * that whole character's range.
   *
   * @throws LoupeError `LOUPE_BAD_REQUEST` if the ids are not those of the text
   */
  ranges(ids: readonly number[], text: string): [start: number, end: number][];
}

/** The refusal of ids that are not those of a text. */
export function notOfPrompt(): LoupeError {
  return new LoupeError('LOUPE_BAD_REQUEST', 'The tokens are not those of the prompt.');
}
