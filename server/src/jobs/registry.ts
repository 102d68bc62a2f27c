import { ablationsJob } from './ablations.ts';
import { activationsJob } from './activations.ts';
import { attentionScoreJob } from './attention-score.ts';
import { circuitsJob } from './circuits.ts';
import { featureWeightJob } from './feature-weight.ts';
import { featuresJob } from './features.ts';
import { hooksJob } from './hooks.ts';
import { interventionsJob } from './interventions.ts';
import type { FindModel } from './loaded-model.ts';
import { logitLensJob } from './logit-lens.ts';
import { pathsJob } from './paths.ts';
import { type OpenGraph, type SavedGraphRequest, savedGraphJob } from './saved-graph.ts';

/** What jobs are carried out with. */
export interface JobContext {
  find: FindModel;
  /** A job's steps, during which no model is freed. */
  running<E>(steps: Generator<E, void>): Generator<E, void>;
  openGraph: OpenGraph;
}

/**
 * Every kind of work that the engine does, one line each: what is asked and what is answered stands in the
 * job's own file. A job is a generator that yields between layers. `undefined` is a mere pause, at which a
 * cancelled job is dropped; anything else is an event.
 */
export function jobHandlers({ find, running, openGraph }: JobContext) {
  const onModel =
    <R, E>(job: (request: R, find: FindModel) => Generator<E, void>) =>
    (request: R) =>
      running(job(request, find));
  return {
    activations: onModel(activationsJob),
    logitLens: onModel(logitLensJob),
    hooks: onModel(hooksJob),
    features: onModel(featuresJob),
    circuits: onModel(circuitsJob),
    attentionScore: onModel(attentionScoreJob),
    interventions: onModel(interventionsJob),
    ablations: onModel(ablationsJob),
    featureWeight: onModel(featureWeightJob),
    paths: onModel(pathsJob),
    savedGraph: (request: SavedGraphRequest) => savedGraphJob(request, openGraph),
  };
}
