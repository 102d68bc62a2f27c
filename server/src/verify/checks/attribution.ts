import { LoupeError, parseFeatureId, parseSourceId, sourceId } from '@loupe/shared';
import type * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import { ActiveFeatures } from '../../circuits/active-features.ts';
import { FrozenRun, frozenHooks } from '../../circuits/frozen-run.ts';
import { greedyPaths, type Reading } from '../../circuits/greedy-paths.ts';
import { logitDifferenceReading } from '../../circuits/logit-difference.ts';
import { pathEdges, pathName } from '../../circuits/path-edges.ts';
import { resolvePosition } from '../../interventions/positions.ts';
import { checkKind, type Measured } from './check-kind.ts';
import { Pair, Prompt } from './parameters.ts';

const Root = Type.Union(
  [
    Type.Object({ feature: Type.String() }, { additionalProperties: false }),
    Type.Object(Pair, { additionalProperties: false }),
  ],
  { description: 'a feature of the set, or a difference of logits, final LayerNorm left out' },
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
  parameters: Type.Object(
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
  ),
  sources: ({ set, layers }) => Array.from({ length: layers }, (_, l) => sourceId(l, set)),
  *measure(parameters, subject) {
    const { input, set, layers, iterations, branches, firstPosition = false } = parameters;
    const { gpt2 } = subject.model;
    const tokens = subject.tokens(input);
    const position = resolvePosition(parameters.position, tokens.length);
    const sources = Array.from({ length: layers }, (_, l) => subject.source(sourceId(l, set)));
    const hooks = [...frozenHooks(gpt2.blocks.length), ...sources.map(({ hook }) => hook)];
    const trace = yield* subject.run(tokens, hooks);
    const run = new FrozenRun(gpt2, trace);
    const transcoders = new Map<number, { source: string; active: ActiveFeatures }>();
    let root: Reading | undefined;
    try {
      // Layer by layer, so that each dictionary needs to be in memory only once.
      for (const [l, source] of sources.entries()) {
        const dictionary = subject.dictionary(source);
        const rows = dictionary.activations(trace.hook(source.hook));
        transcoders.set(l, { source: source.id, active: new ActiveFeatures(rows, dictionary) });
        yield { done: l + 1, all: layers + 1 };
      }
      const measured = new Map<string, Measured>();
      if ('feature' in parameters.root) {
        const { layer, index } = featureOf(parameters.root.feature, set, layers);
        const active = transcoders.get(layer)?.active as ActiveFeatures;
        const activation = active.activation(index, position);
        measured.set('root', activation);
        // Nothing leads to a silent feature.
        if (activation === 0) return measured;
        root = featureReading(run, active.reads(index), layer, position);
      } else {
        const { plus, minus } = parameters.root;
        root = {
          vector: logitDifferenceReading(gpt2, subject.token(plus), subject.token(minus)),
          place: 'resid_post',
          layer: gpt2.blocks.length - 1,
          position,
          dependent: 1,
        };
      }
      const options = { iterations, branches, firstPosition };
      const paths = (yield* greedyPaths(run, transcoders, root, options)).flat();
      for (const [edge, weight] of pathEdges(paths)) measured.set(edge, weight);
      for (const path of paths) measured.set(pathName(path), path.contribution);
      return measured;
    } finally {
      root?.vector.dispose();
      for (const { active } of transcoders.values()) active.dispose();
      run.dispose();
      trace.release();
    }
  },
});

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

/** What a transcoder feature reads of the residual stream before its MLP. Takes the column over. */
function featureReading(
  run: FrozenRun,
  column: tf.Tensor2D,
  layer: number,
  position: number,
): Reading {
  const vector = run.throughSecondNorm(column, layer, position);
  column.dispose();
  const dependent = 1 / run.scale(layer, 'ln2.hook_scale', position);
  return { vector, place: 'resid_mid', layer, position, dependent };
}
