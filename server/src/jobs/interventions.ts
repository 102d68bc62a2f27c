import {
  featureId,
  type InterventionRequest,
  type InterventionResponse,
  LoupeError,
} from '@loupe/shared';
import type { CleanRun } from '../interventions/clean-run.ts';
import { logitsAfter, logitsAt } from '../interventions/logits-after.ts';
import { planChanges } from '../interventions/plan.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { rowCount, type SparseRows } from '../tensor/sparse-rows.ts';
import { Experiment, targetValues } from './experiment.ts';
import type { FindModel } from './loaded-model.ts';

type Result = InterventionResponse['runs'][number];
type Activations = ReadonlyMap<string, SparseRows>;

const DEFAULT_TOP_K = 20;

/**
 * What changes of features, heads and errors do to the logits and to other features: in the local
 * replacement model, which the graph describes, and in the model itself.
 *
 * @throws LoupeError before the first event: unknown model or source; prompt, target or a change
 *   refused; a source that cannot be put into the forward pass
 */
export function* interventionsJob(
  request: InterventionRequest,
  findModel: FindModel,
): Generator<InterventionResponse | undefined, void> {
  const experiment = new Experiment(request, findModel(request.model));
  const { model, tokens, position, runs } = experiment;
  const find = (id: string) => experiment.find(id);
  const plan = planChanges(request.changes, model.gpt2, find, tokens.length);
  const observed = request.observe && observedFeatures(request.observe, experiment);
  const k = request.topK ?? DEFAULT_TOP_K;
  const clean = yield* experiment.start();
  try {
    const targets = experiment.targets(clean);
    const before = logitsAt(clean, clean.cache.finalResidual, position, 'free');
    const results: Result[] = [];
    for (const run of runs) {
      const changed = new Map<string, SparseRows>();
      const observe = (source: string, rows: SparseRows) => changed.set(source, rows);
      const after = yield* logitsAfter(plan, run, clean, experiment, position, observe);
      results.push({
        run,
        targets: targetValues(targets, after),
        tokens: movedTokens(model.tokenizer, before, after, k),
        activations: observed
          ? observed.map((at) => moved(at, clean, changed))
          : mostMoved(clean, changed, k),
      });
    }
    yield {
      model: model.id,
      position,
      targets: experiment.describe(targets),
      runs: results,
    };
  } finally {
    clean.dispose();
  }
}

/** A feature at a position, and where it is found. */
interface Place {
  source: string;
  index: number;
  position: number;
}

function observedFeatures(
  features: NonNullable<InterventionRequest['observe']>,
  experiment: Experiment,
): Place[] {
  return features.map(({ feature, position }) => {
    const { source, index } = experiment.find(feature);
    const { tokens } = experiment;
    if (position < tokens.length) return { source: source.id, index, position };
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `There is no position ${position} in a prompt of ${tokens.length} tokens.`,
    );
  });
}

function moved(
  { source, index, position }: Place,
  clean: CleanRun,
  changed: Activations,
): Result['activations'][number] {
  const before = activation(clean.of(source).rows, index, position);
  const after = changed.get(source);
  return {
    feature: featureId(source, index),
    position,
    // Sources before the first change were not encoded again.
    activation: [before, after ? activation(after, index, position) : before],
  };
}

function activation({ offsets, columns, values }: SparseRows, index: number, row: number): number {
  for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
    if (columns[e] === index) return values[e] as number;
  }
  return 0;
}

/** The activations that moved most, by size of the change. */
function mostMoved(clean: CleanRun, changed: Activations, k: number): Result['activations'] {
  const found: Result['activations'] = [];
  const size = ({ activation: [before, after] }: Result['activations'][number]) =>
    Math.abs(after - before);
  for (const [source, after] of changed) {
    const { rows } = clean.of(source);
    for (let position = 0; position < rowCount(rows); position++) {
      const pairs = new Map<number, [number, number]>();
      eachIn(rows, position, (feature, value) => pairs.set(feature, [value, 0]));
      eachIn(after, position, (feature, value) =>
        pairs.set(feature, [pairs.get(feature)?.[0] ?? 0, value]),
      );
      for (const [feature, pair] of pairs) {
        if (pair[0] === pair[1]) continue;
        found.push({ feature: featureId(source, feature), position, activation: pair });
      }
    }
  }
  return found.sort((a, b) => size(b) - size(a)).slice(0, k);
}

function eachIn(
  { offsets, columns, values }: SparseRows,
  row: number,
  visit: (feature: number, value: number) => void,
): void {
  for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
    visit(columns[e] as number, values[e] as number);
  }
}

/** The tokens most probable before or after, those after first. */
function movedTokens(
  tokenizer: Tokenizer,
  before: Float32Array,
  after: Float32Array,
  k: number,
): Result['tokens'] {
  const ids = new Set([...largest(after, k), ...largest(before, k)]);
  const [logZBefore, logZAfter] = [logSumExp(before), logSumExp(after)];
  return [...ids].map((id) => {
    const logit: [number, number] = [before[id] as number, after[id] as number];
    const probability: [number, number] = [
      Math.exp(logit[0] - logZBefore),
      Math.exp(logit[1] - logZAfter),
    ];
    return { id, text: tokenizer.text(id), logit, probability };
  });
}

function largest(values: Float32Array, k: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, k);
}

function logSumExp(values: Float32Array): number {
  const most = values.reduce((a, b) => Math.max(a, b));
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
