import type { Candidate, Token } from '@loupe/shared';
import { lensCandidates } from './lens-cells.ts';
import type { Run } from './run.ts';

/** What the model expects after a token. */
export interface NextTokens {
  /** Most probable first; empty while they are not there. */
  candidates: Candidate[];
  /** The token that the prompt goes on with; undefined at its end. */
  actual: Token | undefined;
  /** Probability of that token, and its surprisal in nats; undefined while they are not known. */
  actualProbability: number | undefined;
  surprisal: number | undefined;
}

/**
 * What the model expects after a position: at the end of the prompt from the model's output, elsewhere
 * from the last layer of the logit lens, which is the same distribution.
 */
export function nextTokens(run: Run, position: number): NextTokens {
  const actual = run.tokens[position + 1];
  const surprisal = run.outcome?.surprisal[position + 1] ?? undefined;
  const candidates =
    actual === undefined && run.outcome
      ? run.outcome.next
      : lensCandidates(run.lens, (run.lens?.layers.length ?? 0) - 1, position);
  return {
    candidates,
    actual,
    surprisal,
    actualProbability: surprisal === undefined ? undefined : Math.exp(-surprisal),
  };
}

/** A byte that is no whole character is shown like this, and cannot be sent as text. */
const BYTE = /⟨[0-9a-f]{2}⟩/;

/** The likeliest tokens after a position, the last of the prompt by default. */
export function likeliest(
  run: Run | null,
  position: number | null,
): { text: string; probability: number }[] {
  if (!run || run.tokens.length === 0) return [];
  return nextTokens(run, position ?? run.tokens.length - 1)
    .candidates.filter(({ text }) => !BYTE.test(text))
    .map(({ text, probability }) => ({ text, probability }));
}
