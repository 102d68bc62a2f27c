import type { SourceInfo } from '@loupe/shared';
import type { LoadedModel } from '../jobs/loaded-model.ts';

/** Sizes of one source. */
export interface SourceShape {
  layer: number;
  hook: string;
  outputHook: string;
  dIn: number;
  dOut: number;
  width: number;
}

/** Sizes of a model and its sources: all that decides how much work a prompt is. */
export interface BenchShape {
  layers: number;
  heads: number;
  dModel: number;
  dMlp: number;
  context: number;
  vocabulary: number;
  sources: SourceShape[];
}

/** What there is to compute for a model and its sources; loads the dictionaries. */
export function shapeOf({ gpt2, sources, dictionary }: LoadedModel): BenchShape {
  const { layers, heads, dModel, dMlp, context, vocabulary } = gpt2.config;
  const sourceShape = (source: SourceInfo): SourceShape => {
    const { dIn, dOut, width, hook, outputHook } = dictionary(source).config;
    return { layer: source.layer, hook, outputHook, dIn, dOut, width };
  };
  return { layers, heads, dModel, dMlp, context, vocabulary, sources: sources.map(sourceShape) };
}

/** Bytes of all weights in float32, the unembedding tied to the embedding. */
export function weightBytes(shape: BenchShape): number {
  const { layers, dModel, dMlp, context, vocabulary, sources } = shape;
  const block = 4 * dModel * dModel + 2 * dModel * dMlp + 9 * dModel + dMlp;
  const model = (vocabulary + context + 2) * dModel + layers * block;
  const dictionaries = sources.reduce(
    (sum, { dIn, dOut, width }) => sum + width * (dIn + dOut + 1) + dOut,
    0,
  );
  return 4 * (model + dictionaries);
}

/**
 * Floating-point operations of a forward pass over `tokens` with logits at every position; a
 * multiplication and an addition are two.
 */
export function forwardFlops(shape: BenchShape, tokens: number): number {
  const { layers, dModel, dMlp, vocabulary } = shape;
  const block = 4 * dModel * dModel + 2 * dModel * dMlp;
  const attention = 2 * tokens * dModel;
  return 2 * tokens * (layers * (block + attention) + vocabulary * dModel);
}

/** Floating-point operations of the encoders' products over `tokens`; what else there is, is little. */
export function encodeFlops({ sources }: BenchShape, tokens: number): number {
  return sources.reduce((sum, { dIn, width }) => sum + 2 * tokens * dIn * width, 0);
}
