import {
  LoupeError,
  parseFeatureId,
  parseSourceId,
  type SourceInfo,
  sourceId,
} from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { logitGradient } from '../../attribution/graph/logit-targets.ts';
import type { ResidualGradient } from '../../attribution/paths/greedy-paths.ts';
import { pathEdges, pathName } from '../../attribution/paths/path.ts';
import { type FeatureRoot, pathHooks, pathsInto } from '../../attribution/paths/paths-into.ts';
import { resolvePosition } from '../../interventions/positions.ts';
import { mapYields } from '../../map-yields.ts';
import type { Subject } from '../subject.ts';
import { checkKind, type Measured } from './check-kind.ts';
import { Pair, Prompt } from './parameters.ts';

const Root = Type.Union(
  [
    Type.Object({ feature: Type.String() }, { additionalProperties: false }),
    Type.Object(Pair, { additionalProperties: false }),
  ],
  { description: 'a feature of the set, or a difference of logits, final LayerNorm left out' },
);

const Parameters = Type.Object(
  {
    input: Prompt,
    set: Type.String(),
    root: Root,
    position: Type.Integer(),
    layers: Type.Integer({ minimum: 1, description: 'layers whose transcoders are needed' }),
    iterations: Type.Integer({ minimum: 1, maximum: 10 }),
    branches: Type.Integer({ minimum: 1, maximum: 1000 }),
    firstPosition: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/**
 * Attribution through transcoders (Dunefsky et al., 2024), by their greedy search.
 *
 * Measures `root`, the activation of a root feature; each path by its nodes, `root <- L9H1@6 <-
 * 0-tres-dc/17180@6`; and, summed over paths, each edge between other nodes, `0-tres-dc/8829@9 <-
 * L0H5@9`.
 */
export const attribution = checkKind({
  name: 'attribution',
  parameters: Parameters,
  sources: ({ set, layers }) => Array.from({ length: layers }, (_, l) => sourceId(l, set)),
  *measure(parameters, subject) {
    const { input, set, layers, iterations, branches, firstPosition = false } = parameters;
    const { gpt2 } = subject.model;
    const tokens = subject.tokens(input);
    const position = resolvePosition(parameters.position, tokens.length);
    const sources = Array.from({ length: layers }, (_, l) => subject.source(sourceId(l, set)));
    const cache = yield* subject.run(tokens, pathHooks(gpt2.blocks.length, sources));
    let root: FeatureRoot | ResidualGradient | undefined;
    try {
      root = rootOf(parameters, subject, sources, position);
      const search = pathsInto(gpt2, cache, sources, (source) => subject.dictionary(source), root, {
        iterations,
        branches,
        firstPosition,
      });
      const { activation, paths } = yield* mapYields(search, (done) =>
        done === undefined ? undefined : { done, all: layers + 1 },
      );
      const measured = new Map<string, Measured>();
      if (activation !== undefined) measured.set('root', activation);
      for (const [edge, weight] of pathEdges(paths)) measured.set(edge, weight);
      for (const path of paths) measured.set(pathName(path), path.contribution);
      return measured;
    } finally {
      if (root && 'vector' in root) root.vector.dispose();
      cache.release();
    }
  },
});

/** @throws LoupeError `LOUPE_BAD_REQUEST` for a feature of another set or a text that is not one token */
function rootOf(
  { root, set, layers }: Static<typeof Parameters>,
  subject: Subject,
  sources: readonly SourceInfo[],
  position: number,
): FeatureRoot | ResidualGradient {
  if ('feature' in root) {
    const { layer, index } = featureOf(root.feature, set, layers);
    return { source: sources[layer] as SourceInfo, index, position };
  }
  const { gpt2 } = subject.model;
  return {
    vector: logitGradient(gpt2, [subject.token(root.plus)], [subject.token(root.minus)]),
    place: 'resid_post',
    layer: gpt2.blocks.length - 1,
    position,
    dependent: 1,
  };
}

/** @throws LoupeError `LOUPE_BAD_REQUEST` for a feature of another set or of a layer that is left out */
function featureOf(id: string, set: string, layers: number): { layer: number; index: number } {
  const feature = parseFeatureId(id);
  const source = feature && parseSourceId(feature.source);
  if (feature && source?.set === set && source.layer < layers) {
    return { layer: source.layer, index: feature.index };
  }
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `${id} is not a feature of ${set} in the first ${layers} layers.`,
  );
}
