import { LoupeError, type TokenName } from '@loupe/shared';
import type { Tokenizer } from './tokenizer.ts';

/**
 * The id of a token that is named by id or by its whole text.
 *
 * @param vocabulary how many ids the model has; some may have no token
 * @param what it is named as, for messages: `A target`
 * @throws LoupeError `LOUPE_TOKEN_OUT_OF_RANGE` for an id that the model does not have,
 *   `LOUPE_BAD_REQUEST` for a text that is not one token
 */
export function tokenNamed(
  name: TokenName,
  tokenizer: Tokenizer,
  vocabulary: number,
  what: string,
): number {
  const id = typeof name === 'string' ? tokenOfText(name, tokenizer, what) : name;
  if (id < vocabulary) return id;
  // Added tokens may have a text, and no row in the model.
  const text = id < tokenizer.size ? `, ${JSON.stringify(tokenizer.text(id))},` : '';
  throw new LoupeError(
    'LOUPE_TOKEN_OUT_OF_RANGE',
    `Token id ${id}${text} is not in the vocabulary, which ends at ${vocabulary - 1}.`,
  );
}

function tokenOfText(text: string, tokenizer: Tokenizer, what: string): number {
  const ids = tokenizer.encode(text);
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id;
  const pieces = ids.map((piece) => JSON.stringify(tokenizer.text(piece)));
  const shown = pieces.length > 8 ? [...pieces.slice(0, 8), '…'] : pieces;
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `${what} must be one token; ${JSON.stringify(text)} is ${ids.length}` +
      `${ids.length > 0 ? `: ${shown.join(', ')}` : ''}. ` +
      'Most words have their own token only with the space before them.',
    { text, tokens: ids },
  );
}
