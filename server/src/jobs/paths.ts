import { LoupeError, type PathsRequest, type PathsResponse, type SourceInfo } from '@loupe/shared';
import { ActivationCache } from '../activations/activation-cache.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { logitLabel } from '../attribution/graph/graph-node.ts';
import { graphSources } from '../attribution/graph/graph-sources.ts';
import { logitTargets, targetTokens } from '../attribution/graph/logit-targets.ts';
import type { ResidualGradient } from '../attribution/paths/greedy-paths.ts';
import { nodeName, type Path } from '../attribution/paths/path.ts';
import { type FeatureRoot, pathHooks, pathsInto } from '../attribution/paths/paths-into.ts';
import { resolvePosition } from '../interventions/positions.ts';
import { mapYields } from '../map-yields.ts';
import { blockLayer, parseHook } from '../model/hooks.ts';
import { findInstalled } from './find-feature.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';

/** Defaults of the published search. */
const ITERATIONS = 3;
const BRANCHES = 15;

/**
 * The paths through transcoder features and heads that give most to a feature or a logit, by the greedy
 * search of Dunefsky et al. (2024).
 *
 * @throws LoupeError before any work: unknown model, source or feature; prompt, position or target refused; a
 *   feature that is not a transcoder's. After the run: `LOUPE_FEATURE_NOT_ACTIVE`
 */
export function* pathsJob(
  request: PathsRequest,
  findModel: FindModel,
): Generator<PathsResponse | undefined, void> {
  const model = findModel(request.model);
  const { gpt2, tokenizer } = model;
  const { ids, text, bosAdded } = promptTokens(request, tokenizer, gpt2.config);
  const position = resolvePosition(request.position ?? -1, ids.length);
  const feature = featureRoot(request, model, position);
  if (!feature) checkTarget(request, model);
  const transcoders = feature ? upTo(feature.source, model) : allTranscoders(model);
  const cache = new ActivationCache(ids);
  let root: FeatureRoot | LogitRoot | undefined;
  try {
    const kept = keptHooks(gpt2, pathHooks(gpt2.blocks.length, transcoders));
    for (const _ of runLayers(gpt2, cache, kept, undefined)) yield undefined;
    root = feature ?? logitRoot(request, model, cache, position);
    const { iterations = ITERATIONS, branches = BRANCHES, firstPosition = false } = request;
    const options = { iterations, branches, firstPosition };
    const dictionary = (source: SourceInfo) => model.dictionary(source);
    const search = pathsInto(gpt2, cache, transcoders, dictionary, root, options);
    const { activation, paths } = yield* mapYields(search, () => undefined);
    if (activation === 0) throw silent(request.feature as string, position);
    yield {
      model: model.id,
      tokens: tokenizer.tokens(ids, text, bosAdded).map((token) => token.text),
      root: {
        label: 'vector' in root ? root.label : (request.feature as string),
        position,
        contribution: 'vector' in root ? root.value : (activation as number),
      },
      paths: paths.map(wirePath),
    };
  } finally {
    if (root && 'vector' in root) root.vector.dispose();
    cache.release();
  }
}

function featureRoot(
  { feature, target }: PathsRequest,
  model: LoadedModel,
  position: number,
): FeatureRoot | undefined {
  if (feature === undefined) return undefined;
  if (target) throw bad('Give either "feature" or "target".');
  return { ...findInstalled(model, feature), position };
}

/** @throws LoupeError `LOUPE_BAD_REQUEST` for a target that is not one logit or one difference */
function checkTarget({ target = {} }: PathsRequest, { tokenizer, gpt2 }: LoadedModel): void {
  const { tokens, minus } = targetTokens(tokenizer, gpt2.config.vocabulary, target);
  if (tokens.length <= 1 || minus.length > 0) return;
  throw bad(`Paths lead to one logit, not ${tokens.length}. Name one token, or some in "minus".`);
}

/** The transcoder of a feature, and those of its set in the layers before. */
function upTo(last: SourceInfo, model: LoadedModel): SourceInfo[] {
  const { sources, variants, gpt2 } = model;
  const ofSet = [...sources, ...variants].filter(
    ({ set, outputHook }) =>
      set === last.set && blockLayer(outputHook) < blockLayer(last.outputHook),
  );
  const chosen = graphSources([...ofSet, last], true, gpt2.blocks.length, 'frozen');
  const transcoders = chosen.flatMap(({ mlp }) => (mlp && readsNormalized(mlp) ? mlp : []));
  if (transcoders.includes(last)) return transcoders;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `Paths lead through transcoders that read the MLP's normalised input as it is; ${last.id} does not.`,
  );
}

function allTranscoders({ sources, gpt2 }: LoadedModel): SourceInfo[] {
  const fitting = sources.filter(readsNormalized);
  return graphSources(fitting, false, gpt2.blocks.length, 'frozen').flatMap(({ mlp }) => mlp ?? []);
}

/** What the search is defined for: LayerNorm's output just as it is. */
function readsNormalized({ hook, dictionary }: SourceInfo): boolean {
  const isAsItIs = dictionary?.normalization.kind === 'none';
  return parseHook(hook)?.hook === 'ln2.hook_normalized' && isAsItIs;
}

/** A logit, or a difference of some, by the last residual stream. */
interface LogitRoot extends ResidualGradient {
  label: string;
  value: number;
}

function logitRoot(
  { target }: PathsRequest,
  { gpt2, tokenizer }: LoadedModel,
  { finalResidual }: ActivationCache,
  position: number,
): LogitRoot {
  const wanted = { ...target, position, max: 1 };
  const { targets, reader, scale } = logitTargets(gpt2, tokenizer, finalResidual, wanted);
  const [found] = targets;
  if (!found) throw bad('Paths lead to one logit; the target names none.');
  const vector = reader.gradients([0], [position]);
  reader.dispose();
  return {
    vector,
    place: 'resid_post',
    layer: gpt2.blocks.length - 1,
    position,
    dependent: 1 / scale,
    label: logitLabel(found, (id) => tokenizer.text(id)),
    value: found.value,
  };
}

function wirePath({ nodes, contribution, factors }: Path): PathsResponse['paths'][number] {
  return {
    nodes: nodes.flatMap((node) =>
      node.kind === 'root' ? [] : { ...node, label: nodeName(node) },
    ),
    contribution,
    invariant: factors?.invariant ?? null,
    dependent: factors?.dependent ?? null,
  };
}

function silent(feature: string, position: number): LoupeError {
  return new LoupeError(
    'LOUPE_FEATURE_NOT_ACTIVE',
    `${feature} is not active at position ${position}, so that nothing leads to it. POST /api/v1/activations tells which features are.`,
  );
}

function bad(message: string): LoupeError {
  return new LoupeError('LOUPE_BAD_REQUEST', message);
}
