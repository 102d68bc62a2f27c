import * as tf from '@tensorflow/tfjs-core';
import { centre } from '../../model/layer-norm.ts';
import { scalarOf } from '../../tensor/values-of.ts';
import type { FrozenModel } from '../frozen-model.ts';
import type { Path, PathNode } from './path.ts';
import type { PathTranscoder } from './path-transcoder.ts';

/**
 * A gradient of the root by the residual stream at one position, just before or inside a layer, or after it:
 * of all, or through one path.
 */
export interface ResidualGradient {
  /** `[1, d_model]` */
  vector: tf.Tensor2D;
  place: 'resid_pre' | 'resid_mid' | 'resid_post';
  layer: number;
  position: number;
  /**
   * What of the vector belongs to the prompt: the product of the LayerNorm scales that it was divided by,
   * inverted, and of the attention that it was multiplied with. The rest is weights alone.
   */
  dependent: number;
}

/** How the search branches. */
export interface SearchOptions {
  /** Nodes after the root on the longest paths. */
  iterations: number;
  /** Paths kept of each length. */
  branches: number;
  /** False leaves out what heads move from position 0, where BOS usually stands. */
  firstPosition: boolean;
}

interface OpenPath extends Path {
  gradient: ResidualGradient;
}

interface Candidate {
  path: OpenPath;
  node: PathNode;
  contribution: number;
  factors?: Path['factors'];
}

/**
 * The greedy search of Dunefsky et al. (2024): from a gradient of the root back through transcoder features,
 * heads and the embedding, keeping the paths of each length with the largest signed contribution, raw
 * (not capped by activations).
 *
 * For a feature `i` of a layer below, active at the position with `z_i`, `v` gets `z_i (W_dec[i] · v)`
 * and goes on as `(W_dec[i] · v) W_enc[:,i] / scale`; for a head, see `FrozenAttention`. What MLPs do beyond
 * their transcoders, and constants, are not followed. As published, for a model that TransformerLens has
 * processed, decoder rows are taken as centred, while heads and embeddings of the raw model are centred here.
 *
 * @param transcoders by layer
 * @param root its vector stays the caller's
 * @returns paths of one node after the root, of two, …; strongest first
 */
export function* greedyPaths(
  frozen: FrozenModel,
  transcoders: ReadonlyMap<number, PathTranscoder>,
  root: ResidualGradient,
  options: SearchOptions,
): Generator<undefined, Path[][]> {
  const found: Path[][] = [];
  let open: OpenPath[] = [
    {
      nodes: [{ kind: 'root' }],
      contribution: 0,
      gradient: { ...root, vector: tf.clone(root.vector) },
    },
  ];
  try {
    for (let length = 1; length <= options.iterations && open.length > 0; length++) {
      const candidates: Candidate[] = [];
      for (const path of open) {
        if (path.gradient.layer === 0 && path.gradient.place === 'resid_pre') continue;
        candidates.push(...sourcesOf(path));
        yield;
      }
      const best = strongest(candidates, options.branches);
      const next = best.map(extend);
      dispose(open);
      open = next;
      found.push(open.map(({ gradient, ...path }) => path));
    }
  } finally {
    dispose(open);
  }
  return found;

  function sourcesOf(path: OpenPath): Candidate[] {
    const { vector, place, layer, position, dependent } = path.gradient;
    const candidates: Candidate[] = [];
    for (let l = 0; l < layer + (place === 'resid_post' ? 1 : 0); l++) {
      const transcoder = transcoders.get(l);
      if (!transcoder) continue;
      const { source } = transcoder;
      const ofLayer = transcoder
        .projections(vector, position)
        .map(({ feature, activation, projection }) => ({
          path,
          node: { kind: 'feature', source, layer: l, feature, position } as const,
          contribution: activation * projection,
          factors: { invariant: projection / dependent, dependent: activation * dependent },
        }));
      candidates.push(...strongest(ofLayer, options.branches));
    }
    const centred = centre(vector);
    for (let l = 0; l < layer + (place === 'resid_pre' ? 0 : 1); l++) {
      candidates.push(...headsOf(path, l, centred));
    }
    candidates.push({
      path,
      node: { kind: 'embedding', position },
      contribution: embeddingContribution(frozen, centred, position),
    });
    centred.dispose();
    return strongest(candidates, options.branches);
  }

  /** @param gradient that of the path, centred: heads and embeddings write what is not */
  function headsOf(path: OpenPath, layer: number, gradient: tf.Tensor2D): Candidate[] {
    const { position } = path.gradient;
    const block = frozen.model.blockOf(layer);
    const onZ = block.backwardToZ(gradient);
    const contributions = frozen.attention(layer).contributions(onZ, position);
    onZ.dispose();
    const positions = frozen.cache.length;
    const ofLayer: Candidate[] = [];
    for (let head = 0; head < block.heads; head++) {
      for (let source = options.firstPosition ? 0 : 1; source <= position; source++) {
        ofLayer.push({
          path,
          node: { kind: 'head', layer, head, position: source },
          contribution: contributions[head * positions + source] as number,
        });
      }
    }
    // As in the published code: no layer gives more candidates than it has heads.
    return strongest(ofLayer, Math.min(options.branches, block.heads));
  }

  function extend({ path, node, contribution, factors }: Candidate): OpenPath {
    return {
      nodes: [...path.nodes, node],
      contribution,
      ...(factors && { factors }),
      gradient: backward(path.gradient, node),
    };
  }

  /** A gradient as it goes on before a node. */
  function backward(
    { vector, position, dependent }: ResidualGradient,
    node: PathNode,
  ): ResidualGradient {
    switch (node.kind) {
      case 'feature': {
        const transcoder = transcoders.get(node.layer);
        if (!transcoder) throw new Error(`no transcoder explains layer ${node.layer}`);
        const own = featureGradient(frozen, transcoder, node);
        const projection = tf.tidy(() =>
          scalarOf(tf.sum(tf.mul(vector, transcoder.decoder(node.feature)))),
        );
        const through = tf.mul<tf.Tensor2D>(own.vector, projection);
        own.vector.dispose();
        return { ...own, vector: through, dependent: dependent * own.dependent };
      }
      case 'head': {
        const { layer, head, position: source } = node;
        const attention = frozen.attention(layer);
        return {
          vector: tf.tidy(() =>
            attention.backwardThroughHead(centre(vector), head, position, source),
          ),
          place: 'resid_pre',
          layer,
          position: source,
          dependent:
            (dependent * attention.weight(head, position, source)) /
            frozen.scale(layer, 'ln1', source),
        };
      }
      case 'embedding':
      case 'root':
        return { vector: tf.clone(vector), place: 'resid_pre', layer: 0, position, dependent };
    }
  }
}

/**
 * Gradient of a transcoder feature's pre-activation at a position, `W_enc[:, i] / σ2`; its vector is the
 * caller's.
 *
 * @param transcoder that of `layer`
 */
export function featureGradient(
  frozen: FrozenModel,
  transcoder: PathTranscoder,
  { layer, feature, position }: { layer: number; feature: number; position: number },
): ResidualGradient {
  const scale = frozen.scale(layer, 'ln2', position);
  const vector = tf.tidy(() => tf.div<tf.Tensor2D>(transcoder.encoder(feature), scale));
  return { vector, place: 'resid_mid', layer, position, dependent: 1 / scale };
}

/** What a gradient gets from the token and position embedding at a position. */
function embeddingContribution(
  { model, cache }: FrozenModel,
  gradient: tf.Tensor2D,
  position: number,
): number {
  const token = cache.tokens.subarray(position, position + 1);
  return tf.tidy(() => scalarOf(tf.sum(tf.mul(model.embed(token, position), gradient))));
}

/** The `count` largest by signed contribution, largest first. */
function strongest<T extends { contribution: number }>(items: readonly T[], count: number): T[] {
  return items.toSorted((a, b) => b.contribution - a.contribution).slice(0, count);
}

function dispose(paths: readonly OpenPath[]): void {
  tf.dispose(paths.map(({ gradient }) => gradient.vector));
}
