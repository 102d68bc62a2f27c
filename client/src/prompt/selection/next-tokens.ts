import type { Candidate, Token } from '@loupe/shared';
import type { Run } from '../run.ts';
import { lensCandidates } from '../score/lens-cells.ts';

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
