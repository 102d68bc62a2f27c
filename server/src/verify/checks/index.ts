import { activations } from './activations.ts';
import { attentionHeads } from './attention-heads.ts';
import { attribution } from './attribution.ts';
import type { CheckKind } from './check-kind.ts';
import { corpusLoss } from './corpus-loss.ts';
import { explainedVariance } from './explained-variance.ts';
import { featureEffects } from './feature-effects.ts';
import { greedy } from './greedy.ts';
import { headEffects } from './head-effects.ts';
import { identities } from './identities.ts';
import { logitDifference } from './logit-difference.ts';
import { loss } from './loss.ts';
import { numberDifference } from './number-difference.ts';
import { unavailable } from './unavailable.ts';

export type { CheckKind } from './check-kind.ts';

/** Every kind of check, by name. A new one is one small file and a line here. */
export const checkKinds: ReadonlyMap<string, CheckKind> = new Map(
  [
    greedy,
    loss,
    logitDifference,
    numberDifference,
    activations,
    featureEffects,
    attribution,
    identities,
    explainedVariance,
    attentionHeads,
    headEffects,
    corpusLoss,
    unavailable,
  ].map((kind) => [kind.name, kind]),
);
