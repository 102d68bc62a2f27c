import { LoupeError } from '@loupe/shared';
import { showValue } from '../show-value.ts';
import { notOfPrompt, type Segmenter } from './segmenter.ts';

/** One token a character, as models of characters have it. */
export class CharacterSegmenter implements Segmenter {
  readonly #ids: ReadonlyMap<string, number>;

  constructor(ids: ReadonlyMap<string, number>) {
    this.#ids = ids;
  }

  encode(text: string): number[] {
    return Array.from(text, (character) => {
      const id = this.#ids.get(character);
      if (id !== undefined) return id;
      throw new LoupeError(
        'LOUPE_NOT_TOKENS',
        `The vocabulary has no token for the character ${showValue(character)}. It has ` +
          `${this.#ids.size}: ${[...this.#ids.keys()].map(showValue).join(' ').slice(0, 400)}.`,
      );
    });
  }

  writable(text: string): string {
    return Array.from(text)
      .filter((character) => this.#ids.has(character))
      .join('');
  }

  leastTokens(text: string): number {
    return Math.ceil(text.length / 2);
  }

  ranges(ids: readonly number[], text: string): [start: number, end: number][] {
    const characters = [...text];
    if (characters.length !== ids.length) throw notOfPrompt();
    let start = 0;
    return characters.map((character, i) => {
      if (this.#ids.get(character) !== ids[i]) throw notOfPrompt();
      const end = start + character.length;
      const range: [number, number] = [start, end];
      start = end;
      return range;
    });
  }
}
