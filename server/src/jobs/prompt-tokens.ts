import { LoupeError, type TokenName } from '@loupe/shared';
import type { ModelConfig } from '../model/config.ts';
import { tokenNamed } from '../model/name-token.ts';
import type { Tokenizer } from '../model/tokenizer.ts';

/** English text has four to five characters a token; only odd text has many more. */
const CHARACTERS_PER_TOKEN = 16;

/** The ways in which a request can give its prompt. */
export interface PromptRequest {
  prompt?: string;
  tokens?: number[];
  tokenTexts?: string[];
  prependBos?: boolean;
}

/** Token ids of a prompt, BOS included. */
export interface PromptTokens {
  ids: Int32Array;
  /** Text of the prompt; undefined where it was given as token ids. */
  text: string | undefined;
  /** True if `ids` begins with a BOS that the prompt did not have. */
  bosAdded: boolean;
  /** What there is to be said of them. */
  notes: string[];
}

/**
 * Turns a request's prompt into token ids. Where BOS is wanted, as it is unless the request says
 * otherwise, it is put before a prompt that does not begin with it, so that prompts that were copied with
 * theirs keep one; models without BOS take the prompt as it is. An empty prompt is BOS alone.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` unless just one of prompt and tokens is given, for an entry of
 *   tokenTexts that is not one token, or if there is no token at all; `LOUPE_NOT_TOKENS` for a text that
 *   the tokenizer cannot write, `LOUPE_TOKEN_OUT_OF_RANGE`, `LOUPE_PROMPT_TOO_LONG` naming both lengths
 */
export function promptTokens(
  request: PromptRequest,
  tokenizer: Tokenizer,
  config: ModelConfig,
): PromptTokens {
  const { prompt, tokens, tokenTexts } = request;
  if ([prompt, tokens, tokenTexts].filter((given) => given !== undefined).length !== 1) {
    throw new LoupeError('LOUPE_BAD_REQUEST', 'Give either "prompt" or "tokens".');
  }
  if (prompt !== undefined) refuseHopeless(prompt, tokenizer, config);
  const names: TokenName[] = tokens ?? tokenTexts ?? tokenizer.encode(prompt as string);
  const given = names.map((name) =>
    tokenNamed(name, tokenizer, config.vocabulary, 'An entry of "tokenTexts"'),
  );
  const { bosId } = tokenizer;
  if (given.length === 0 && bosId === undefined) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      'The prompt is empty, and this model has no BOS to begin with. Give at least one token.',
    );
  }
  const wanted = (request.prependBos ?? true) || given.length === 0;
  const begins = bosId !== undefined && given[0] === bosId;
  const bosAdded = wanted && bosId !== undefined && !begins;
  const length = given.length + (bosAdded ? 1 : 0);
  if (length > config.context) throw tooLong(`${length} tokens`, config.context);
  const ids = Int32Array.from(bosAdded ? tokenizer.withBos(given) : given);
  const notes = wanted && begins ? [ONE_BOS] : [];
  return { ids, text: prompt, bosAdded, notes };
}

const ONE_BOS = 'The prompt begins with BOS itself, so none was put before it.';

/**
 * Refuses a very long text without tokenising it, which could take seconds. Shorter ones are worth
 * counting exactly, so that the message can say how much too long they are.
 */
function refuseHopeless(prompt: string, tokenizer: Tokenizer, { context }: ModelConfig): void {
  if (prompt.length < CHARACTERS_PER_TOKEN * context) return;
  const least = tokenizer.leastTokens(prompt, context);
  if (least > context) throw tooLong(`at least ${least} tokens`, context);
}

function tooLong(length: string, context: number): LoupeError {
  return new LoupeError(
    'LOUPE_PROMPT_TOO_LONG',
    `The prompt is ${length} long, with BOS where it is added; this model takes ${context}. Shorten it.`,
    { context },
  );
}
