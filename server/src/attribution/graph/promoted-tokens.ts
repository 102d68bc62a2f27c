import type { GraphNode } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { OutputVectors } from './output-vectors.ts';

/** So many of the most influential features are told by what they promote: all that a picture names. */
const MAX_TOLD = 64;

/**
 * The token that each of the most influential features of a graph promotes most by the direct path, to
 * tell it by before anybody has named it.
 *
 * @param index by node of the outputs, its number in the graph, −1 for those left out
 * @param effects of vectors `[row, d_model]` in the residual stream on the logits, `[row, vocabulary]`
 * @returns token ids by number in the graph
 */
export function promotedTokens(
  outputs: OutputVectors,
  index: Int32Array,
  nodes: readonly GraphNode[],
  effects: (vectors: tf.Tensor2D) => tf.Tensor2D,
): Map<number, number> {
  const told = Array.from(index.keys())
    .filter((node) => {
      const kind = nodes[index[node] as number]?.kind;
      return kind === 'attention' || kind === 'mlp';
    })
    .map((node) => ({ node, at: index[node] as number }))
    .sort((a, b) => (nodes[a.at]?.influence ?? 1) - (nodes[b.at]?.influence ?? 1))
    .slice(0, MAX_TOLD);
  if (told.length === 0) return new Map();
  const ids = tf.tidy(() => {
    const vectors = told.map(({ node }) => writtenBy(outputs, node));
    return tf.argMax(effects(tf.stack(vectors) as tf.Tensor2D), 1).dataSync<'int32'>();
  });
  return new Map(told.map(({ at }, row) => [at, ids[row] as number]));
}

/** All that a node writes, `[d_model]`: of a cross-layer transcoder, to all layers together. */
function writtenBy(outputs: OutputVectors, node: number): tf.Tensor {
  const position = outputs.positionOf(node);
  const local = node - outputs.first(position);
  const rows = outputs.nodeOfRow(position).flatMap((of, row) => (of === local ? row : []));
  return tf.sum(tf.gather(outputs.matrix(position), tf.tensor1d(rows, 'int32')), 0);
}
