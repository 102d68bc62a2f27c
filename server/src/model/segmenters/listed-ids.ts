import { LoupeError } from '@loupe/shared';
import { showValue } from '../show-value.ts';
import { notOfPrompt, type Segmenter } from './segmenter.ts';

/** Numbers with white space or commas between, brackets around them or not. */
const LIST = /^\s*\[?[\d\s,]*\]?\s*$/;

/**
 * For models without a tokenizer, whose tokens have no text: a text is a list of token ids, such as
 * `5 17 3` or `[5, 17, 3]`.
 */
export class ListedIdSegmenter implements Segmenter {
  encode(text: string): number[] {
    if (!LIST.test(text)) {
      throw new LoupeError(
        'LOUPE_NOT_TOKENS',
        `This model has no tokenizer, so that ${showValue(text.slice(0, 40))} means nothing to it. Give ` +
          'token ids: "tokens": [5, 17, 3], or the prompt "5 17 3".',
      );
    }
    return numbersIn(text).map(([digits]) => Number(digits));
  }

  writable(text: string): string {
    return LIST.test(text) ? text : '';
  }

  leastTokens(text: string): number {
    return numbersIn(text).length;
  }

  ranges(ids: readonly number[], text: string): [start: number, end: number][] {
    const found = numbersIn(text);
    if (found.length !== ids.length) throw notOfPrompt();
    return found.map(([digits, start], i) => {
      if (Number(digits) !== ids[i]) throw notOfPrompt();
      return [start, start + digits.length];
    });
  }
}

function numbersIn(text: string): [digits: string, start: number][] {
  return Array.from(text.matchAll(/\d+/g), ({ 0: digits, index }) => [digits, index]);
}
