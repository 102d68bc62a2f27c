/**
 * The order in which the residual stream is written to, as numbers: the embeddings are stage 0, then
 * attention and MLP of each layer take one stage each. What reads the stream before stage `k` reads all
 * that was written at earlier ones, so one number tells both when a feature writes and what it can read.
 */
export const EMBEDDING_STAGE = 0;

/** Stage of a layer's attention. */
export function attentionStage(layer: number): number {
  return 1 + 2 * layer;
}

/** Stage of a layer's MLP. */
export function mlpStage(layer: number): number {
  return 2 + 2 * layer;
}

/** Number of stages; what reads before it reads everything, as logits do. */
export function stageCount(layers: number): number {
  return 1 + 2 * layers;
}
