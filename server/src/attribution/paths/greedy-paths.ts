import * as tf from '@tensorflow/tfjs-core';
import type { ActiveFeatures } from '../active-features.ts';
import type { FrozenRun } from '../frozen-run.ts';
import type { PathNode } from './path-node.ts';

/** A vector that reads the residual stream of one position, just before or inside a layer, or after it. */
export interface Reading {
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

/** A path from the root, node by node. */
export interface Path {
  nodes: readonly PathNode[];
  /** What the root gets through the whole path; each earlier stretch of it is a path of its own. */
  contribution: number;
  /**
   * The contribution as a product, where the path ends in a feature: what the weights of features and
   * heads give in every prompt, and what this one multiplies it with, the feature's activation included.
   */
  factors?: { invariant: number; dependent: number };
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
  reading: Reading;
}

interface Candidate {
  path: OpenPath;
  node: PathNode;
  contribution: number;
  factors?: Path['factors'];
}

/**
 * The greedy search of Dunefsky et al. (2024): from a root reading back through transcoder features,
 * heads and the embedding, keeping the paths of each length with the largest signed contribution, raw
 * (not capped by activations).
 *
 * For a feature `i` of a layer below, active at the position with `z_i`, `v` gets `z_i (W_dec[i] · v)`
 * and goes on as `(W_dec[i] · v) W_enc[:,i] / scale`; for a head, see `FrozenRun`. What MLPs do beyond
 * their transcoders, and constants, are not followed.
 *
 * @param transcoders active features by layer
 * @param root its vector stays the caller's
 * @returns paths of one node after the root, of two, …; strongest first
 */
export function* greedyPaths(
  run: FrozenRun,
  transcoders: ReadonlyMap<number, { source: string; active: ActiveFeatures }>,
  root: Reading,
  options: SearchOptions,
): Generator<undefined, Path[][]> {
  const found: Path[][] = [];
  let open: OpenPath[] = [
    {
      nodes: [{ kind: 'root' }],
      contribution: 0,
      reading: { ...root, vector: tf.clone(root.vector) },
    },
  ];
  try {
    for (let length = 1; length <= options.iterations && open.length > 0; length++) {
      const candidates: Candidate[] = [];
      for (const path of open) {
        if (path.reading.layer === 0 && path.reading.place === 'resid_pre') continue;
        candidates.push(...sourcesOf(path));
        yield;
      }
      const best = strongest(candidates, options.branches);
      const next = best.map(extend);
      dispose(open);
      open = next;
      found.push(open.map(({ reading, ...path }) => path));
    }
  } finally {
    dispose(open);
  }
  return found;

  function sourcesOf(path: OpenPath): Candidate[] {
    const { vector, place, layer, position, dependent } = path.reading;
    const candidates: Candidate[] = [];
    for (let l = 0; l < layer + (place === 'resid_post' ? 1 : 0); l++) {
      const transcoder = transcoders.get(l);
      if (!transcoder) continue;
      const writes = transcoder.active.writesAlong(vector, position);
      const ofLayer = transcoder.active.at(position).map(({ feature, activation }, i) => ({
        path,
        node: { kind: 'feature', source: transcoder.source, layer: l, feature, position } as const,
        contribution: activation * (writes[i] as number),
        factors: {
          invariant: (writes[i] as number) / dependent,
          dependent: activation * dependent,
        },
      }));
      candidates.push(...strongest(ofLayer, options.branches));
    }
    for (let l = 0; l < layer + (place === 'resid_pre' ? 0 : 1); l++) {
      candidates.push(...headsOf(path, l));
    }
    candidates.push({
      path,
      node: { kind: 'embedding', position },
      contribution: run.embeddingContribution(vector, position),
    });
    return strongest(candidates, options.branches);
  }

  function headsOf(path: OpenPath, layer: number): Candidate[] {
    const { vector, position } = path.reading;
    const contributions = run.headContributions(vector, layer, position);
    const positions = run.trace.length;
    const heads = contributions.length / positions;
    const ofLayer: Candidate[] = [];
    for (let head = 0; head < heads; head++) {
      for (let source = options.firstPosition ? 0 : 1; source <= position; source++) {
        ofLayer.push({
          path,
          node: { kind: 'head', layer, head, position: source },
          contribution: contributions[head * positions + source] as number,
        });
      }
    }
    // As in the published code: no layer gives more candidates than it has heads.
    return strongest(ofLayer, Math.min(options.branches, heads));
  }

  function extend({ path, node, contribution, factors }: Candidate): OpenPath {
    return {
      nodes: [...path.nodes, node],
      contribution,
      ...(factors && { factors }),
      reading: pullBack(path.reading, node),
    };
  }

  function pullBack({ vector, position, dependent }: Reading, node: PathNode): Reading {
    switch (node.kind) {
      case 'feature': {
        const { active } = transcoders.get(node.layer) as { active: ActiveFeatures };
        return {
          vector: tf.tidy(() => {
            const write = tf.sum(tf.mul(vector, active.writes(node.feature)));
            const read = tf.mul<tf.Tensor2D>(active.reads(node.feature), write);
            return run.throughSecondNorm(read, node.layer, position);
          }),
          place: 'resid_mid',
          layer: node.layer,
          position,
          dependent: dependent / run.scale(node.layer, 'ln2.hook_scale', position),
        };
      }
      case 'head':
        return {
          vector: run.throughHead(vector, node.layer, node.head, position, node.position),
          place: 'resid_pre',
          layer: node.layer,
          position: node.position,
          dependent:
            (dependent * run.attends(node.layer, node.head, position, node.position)) /
            run.scale(node.layer, 'ln1.hook_scale', node.position),
        };
      case 'embedding':
      case 'root':
        return { vector: tf.clone(vector), place: 'resid_pre', layer: 0, position, dependent };
    }
  }
}

/** The `count` largest by signed contribution, largest first. */
function strongest<T extends { contribution: number }>(items: readonly T[], count: number): T[] {
  return items.toSorted((a, b) => b.contribution - a.contribution).slice(0, count);
}

function dispose(paths: readonly OpenPath[]): void {
  tf.dispose(paths.map(({ reading }) => reading.vector));
}
