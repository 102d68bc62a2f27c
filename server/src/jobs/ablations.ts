import type { AblationProgress, AblationsRequest, AblationsResponse } from '@loupe/shared';
import { logitsAfter } from '../interventions/logits-after.ts';
import { planChanges } from '../interventions/plan.ts';
import { Experiment, targetValues } from './experiment.ts';
import type { FindModel } from './loaded-model.ts';

/** One step of an ablations job: `progress` until it is done, then what was measured. */
export type AblationsEvent = AblationProgress | { type: 'ablations'; ablations: AblationsResponse };

/**
 * What the ablation of each of many features does to the target logits, one at a time: the measured side
 * of a graph's validity figure.
 *
 * @throws LoupeError before the first event, as `interventionsJob`
 */
export function* ablationsJob(
  request: AblationsRequest,
  findModel: FindModel,
): Generator<AblationsEvent | undefined, void> {
  const experiment = new Experiment(request, findModel(request.model));
  const { model, tokens, position, runs } = experiment;
  const find = (id: string) => experiment.find(id);
  const plans = request.ablate.map(({ feature, position: at }) =>
    planChanges([{ feature, positions: [at], scale: 0 }], model.gpt2, find, tokens.length),
  );
  const total = plans.length;
  yield { type: 'progress', done: 0, total };
  const clean = yield* experiment.start();
  try {
    const targets = experiment.targets(clean);
    const effects: AblationsResponse['effects'] = [];
    for (const [i, plan] of plans.entries()) {
      const { feature, position: at } = request.ablate[i] as AblationsRequest['ablate'][number];
      const effect: AblationsResponse['effects'][number] = { feature, position: at };
      for (const run of runs) {
        const logits = yield* logitsAfter(plan, run, clean, experiment, position);
        effect[run] = targetValues(targets, logits).map(
          (value, t) => value - (targets[t]?.value as number),
        );
      }
      effects.push(effect);
      yield { type: 'progress', done: i + 1, total };
    }
    const ablations = { model: model.id, targets: experiment.describe(targets), effects };
    yield { type: 'ablations', ablations };
  } finally {
    clean.dispose();
  }
}
