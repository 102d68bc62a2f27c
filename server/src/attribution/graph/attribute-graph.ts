import { LoupeError } from '@loupe/shared';
import { mapYields } from '../../map-yields.ts';
import { attributeTargets, rowLength } from './attribute-targets.ts';
import { EdgeLimit } from './edge-limit.ts';
import type { LogitTarget, LogitTargets } from './logit-targets.ts';
import { attentionStage, mlpStage, stageCount } from './output-vectors.ts';
import type { ReplacementModel } from './replacement-model.ts';
import { rowInfluence } from './row-influence.ts';
import type { Target, TargetRow } from './target.ts';

/** The inputs of the logits and of the features that matter: rows of the adjacency matrix. */
export interface AttributedTargets {
  /** Those of late stages first. */
  rows: TargetRow[];
  /**
   * Largest deviation of the sum of a target's inputs from its value, relative to the value, or to a
   * thousandth of the inputs' sizes where these all but cancel.
   */
  exactness: number;
  /** Share of the logits' influence that ends in features that were left out. */
  omittedInfluence: number;
  /** Share that ends in features and errors at position 0, where these are left out. */
  omittedFirst: number | undefined;
  /** False for nodes that are left out, whatever they do. */
  keeps: (node: number) => boolean;
}

/** How many features are done. */
export interface AttributionProgress {
  done: number;
  total: number;
}

/** Inputs that are held at once, in all: 400 MB. */
const MAX_INPUTS = 100_000_000;

/** Features that are attributed before influence is looked at again: at first, then as a share of those done. */
const FIRST_ROUND = 64;
const ROUND_SHARE = 0.5;

/**
 * Attributes the logits, and then features, most influential first: each round takes those that matter most
 * by what is known, so that a bound keeps what leads to the logits.
 *
 * @param maxNodes most features; 0 takes every active one, whether it matters or not
 * @param firstPosition false leaves out features and errors at position 0, as circuit-tracer does
 * @throws LoupeError `LOUPE_GRAPH_TOO_LARGE` if the inputs do not fit in memory, or the edges in a graph
 */
export function* attributeGraph(
  replacement: ReplacementModel,
  logits: LogitTargets,
  maxNodes: number,
  firstPosition = true,
): Generator<AttributionProgress | undefined, AttributedTargets> {
  const { outputs, model } = replacement;
  const weights = logits.targets.map(({ probability }) => probability || 1);
  const isFirst = (node: number) => node < outputs.first(1) && isExplained(outputs.kind(node));
  const keeps = (node: number) => firstPosition || !isFirst(node);
  const features = allFeatures(replacement).filter(({ node }) => keeps(node));
  const total = maxNodes === 0 ? features.length : Math.min(maxNodes, features.length);
  const budget = new InputBudget(replacement, total);

  const roots = logits.targets.map((_, i) => ({
    node: outputs.nodes + i,
    reader: logits.reader,
    stage: stageCount(model.blocks.length),
    feature: i,
    position: logits.position,
  }));
  const limit = new EdgeLimit(replacement, keeps);
  if (total === features.length) limit.refuseAll(roots, features);
  budget.take(roots);
  let rows = yield* counted(attributeTargets(replacement, roots), 0, total);
  const waiting = new Map(features.map((target) => [target.node, target]));
  let influence = rowInfluence(outputs, rows, weights);
  yield { done: 0, total };
  for (let done = 0; done < total; ) {
    const count =
      maxNodes === 0 ? total : Math.min(total - done, FIRST_ROUND + Math.floor(done * ROUND_SHARE));
    const next =
      maxNodes === 0 ? features : mostInfluential([...waiting.values()], influence, count);
    if (next.length === 0) break;
    budget.take(next);
    const added = yield* counted(attributeTargets(replacement, next), done, total);
    for (const { node } of next) waiting.delete(node);
    done += next.length;
    limit.refuse([...rows, ...added], added);
    rows = [...rows, ...added].sort((a, b) => b.target.stage - a.target.stage);
    influence = rowInfluence(outputs, rows, weights);
    yield { done, total };
  }
  return {
    rows,
    exactness: exactness(replacement, logits, rows),
    omittedInfluence: omittedInfluence(replacement, influence, waiting),
    omittedFirst: firstPosition ? undefined : shareOf(isFirst, replacement, influence, waiting),
    keeps,
  };
}

/** Turns how many targets of a round are done into how far the whole is. */
function* counted(
  work: Generator<number | undefined, TargetRow[]>,
  before: number,
  total: number,
): Generator<AttributionProgress | undefined, TargetRow[]> {
  return yield* mapYields(work, (done) =>
    done === undefined ? undefined : { done: Math.min(before + done, total), total },
  );
}

/** Every active feature, as a target. */
function allFeatures(replacement: ReplacementModel): Target[] {
  const { outputs } = replacement;
  const targets: Target[] = [];
  for (let position = 0; position < outputs.positions; position++) {
    for (let node = outputs.first(position); node < outputs.first(position + 1); node++) {
      const kind = outputs.kind(node);
      if (kind !== 'attention' && kind !== 'mlp') continue;
      const { layer, feature } = outputs.entry(node);
      const stage = kind === 'attention' ? attentionStage(layer) : mlpStage(layer);
      targets.push({ node, reader: replacement.reader(stage), stage, feature, position });
    }
  }
  return targets;
}

/** The targets of most influence, and only those that have any. */
function mostInfluential(
  targets: readonly Target[],
  influence: Float64Array,
  count: number,
): Target[] {
  const of = ({ node }: Target) => influence[node] as number;
  // Sorting numbers first leaves few targets to compare.
  const values = Float64Array.from(targets, of).sort();
  const least = values[Math.max(0, values.length - count)] ?? 0;
  return targets
    .filter((target) => of(target) > 0 && of(target) >= least)
    .sort((a, b) => of(b) - of(a) || a.node - b.node)
    .slice(0, count);
}

/** Keeps inputs within the memory they may take. */
class InputBudget {
  readonly #replacement: ReplacementModel;
  readonly #total: number;
  #targets = 0;
  #inputs = 0;

  /** @param total how many features are to be attributed */
  constructor(replacement: ReplacementModel, total: number) {
    this.#replacement = replacement;
    this.#total = total;
  }

  /** @throws LoupeError `LOUPE_GRAPH_TOO_LARGE` */
  take(targets: readonly Target[]): void {
    for (const target of targets) {
      this.#inputs += rowLength(this.#replacement, target);
      if (this.#inputs > MAX_INPUTS) {
        throw new LoupeError(
          'LOUPE_GRAPH_TOO_LARGE',
          `${this.#total} features have too many inputs to hold; some ${this.#targets} would fit. ` +
            `Set maxNodes to ${this.#targets} or less, shorten the prompt, or name fewer sources.`,
          { maxNodes: this.#targets },
        );
      }
      this.#targets++;
    }
  }
}

/** Below this share of its inputs' sizes a value is what rounding leaves of a cancellation. */
const CANCELLATION = 1e-3;

function exactness(
  { outputs }: ReplacementModel,
  { targets }: LogitTargets,
  rows: readonly TargetRow[],
): number {
  let worst = 0;
  for (const row of rows) {
    const { node } = row.target;
    const value =
      node >= outputs.nodes
        ? (targets[node - outputs.nodes] as LogitTarget).value
        : outputs.entry(node).activation;
    const scale = Math.max(Math.abs(value), CANCELLATION * (row.size + Math.abs(row.bias)));
    if (scale > 0) worst = Math.max(worst, Math.abs(row.sum() - value) / scale);
  }
  return worst;
}

/** Kinds that a dictionary, or what it misses, gives. */
function isExplained(kind: string): boolean {
  return kind === 'attention' || kind === 'mlp' || kind.endsWith('-error');
}

function omittedInfluence(
  replacement: ReplacementModel,
  influence: Float64Array,
  waiting: ReadonlyMap<number, Target>,
): number {
  return shareOf((node) => waiting.has(node), replacement, influence, waiting);
}

/** Share of the influence that ends in some nodes, of what ends anywhere. */
function shareOf(
  counts: (node: number) => boolean,
  { outputs }: ReplacementModel,
  influence: Float64Array,
  waiting: ReadonlyMap<number, Target>,
): number {
  let some = 0;
  let all = 0;
  for (const [node, value] of influence.entries()) {
    const kind = outputs.kind(node);
    const isFeature = kind === 'attention' || kind === 'mlp';
    // A target has passed on all that it got.
    if (isFeature && !waiting.has(node) && !counts(node)) continue;
    all += value;
    if (counts(node)) some += value;
  }
  return all > 0 ? some / all : 0;
}
