import { type CircuitTarget, LoupeError, type TokenName } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../../model/gpt2.ts';
import { normalize } from '../../model/layer-norm.ts';
import { tokenNamed } from '../../model/name-token.ts';
import type { Tokenizer } from '../../model/tokenizer.ts';
import { scalarOf } from '../../tensor/values-of.ts';
import type { TargetReader } from './target.ts';

/** A logit that a graph explains, or a difference of mean logits. */
export interface LogitTarget {
  /** Tokens whose mean logit it is. */
  tokens: number[];
  /** Tokens whose mean logit is taken off; none for a logit less the mean of all. */
  minus: number[];
  /** Probability of its token; `undefined` for a difference. */
  probability: number | undefined;
  /** Probability of its first token. */
  firstProbability: number;
  /** The logit less the mean of all logits, or the difference. */
  value: number;
}

/** What is explained, at one position, as linear functions of the last residual stream. */
export interface LogitTargets {
  position: number;
  targets: LogitTarget[];
  reader: TargetReader;
  /** Scale of the final LayerNorm there, √(variance + ε). */
  scale: number;
}

const DEFAULT_PROBABILITY = 0.95;
const DEFAULT_MAX = 10;

/**
 * The logits that a request asks about: the tokens named, the difference of two means, or the most
 * probable tokens that together reach a probability.
 *
 * @param residual after the last layer, `[position, d_model]`
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a text that is not one token, a position out of range, or
 *   a difference that is none
 */
export function logitTargets(
  model: Gpt2,
  tokenizer: Tokenizer,
  residual: tf.Tensor2D,
  request: CircuitTarget = {},
): LogitTargets {
  const { tokens, minus } = targetTokens(tokenizer, model.config.vocabulary, request);
  const [positions, dModel] = residual.shape;
  const position = targetPosition(request, positions);
  const row = tf.slice2d(residual, [position, 0], [1, dModel]);
  try {
    const logits = new RowLogits(model, row);
    const targets =
      minus.length > 0
        ? [logits.difference(tokens, minus)]
        : (tokens.length > 0 ? tokens : logits.mostProbable(request)).map((id) =>
            logits.single(id),
          );
    const scale = tf.tidy(() => scalarOf(normalize(row, model.config.epsilon).scale));
    return { position, targets, reader: new LogitReader(model, scale, targets), scale };
  } finally {
    row.dispose();
  }
}

/** Which of the most probable tokens are explained where none are named. */
export function likeliestOf({
  probability = DEFAULT_PROBABILITY,
  max = DEFAULT_MAX,
}: CircuitTarget): { probability: number; max: number } {
  return { probability, max };
}

/**
 * The position whose next token is explained.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the prompt has no such position
 */
export function targetPosition({ position }: CircuitTarget, positions: number): number {
  if (position === undefined) return positions - 1;
  if (position < positions) return position;
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `There is no position ${position} in a prompt of ${positions} tokens; the last is ${positions - 1}.`,
  );
}

/**
 * Ids of the tokens that a target names.
 *
 * @param vocabulary how many ids the model has
 * @throws LoupeError `LOUPE_TOKEN_OUT_OF_RANGE`; `LOUPE_BAD_REQUEST` for a text that is not one token, and where `minus` stands alone
 *   or names a token that `tokens` names too
 */
export function targetTokens(
  tokenizer: Tokenizer,
  vocabulary: number,
  request: CircuitTarget,
): { tokens: number[]; minus: number[] } {
  const ids = (names: readonly TokenName[] = []) => [
    ...new Set(names.map((name) => tokenNamed(name, tokenizer, vocabulary, 'A target'))),
  ];
  const tokens = ids(request.tokens);
  const minus = ids(request.minus);
  if (minus.length > 0 && tokens.length === 0) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      'A target with "minus" needs "tokens" to take it from.',
    );
  }
  const both = minus.find((id) => tokens.includes(id));
  if (both !== undefined) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `${JSON.stringify(tokenizer.text(both))} is in both "tokens" and "minus".`,
    );
  }
  return { tokens, minus };
}

/**
 * A target's value in other logits than those it was made from: less the mean of all, or the difference.
 *
 * @param logits `[vocabulary]`
 * @param mean of all of them
 */
export function targetValue(
  { tokens, minus }: Pick<LogitTarget, 'tokens' | 'minus'>,
  logits: Float32Array,
  mean: number,
): number {
  const of = (ids: readonly number[]) =>
    ids.reduce((sum, id) => sum + (logits[id] as number), 0) / ids.length;
  return of(tokens) - (minus.length > 0 ? of(minus) : mean);
}

/** Logits after one position. */
class RowLogits {
  readonly #logits: Float32Array;
  readonly #mean: number;
  readonly #normalizer: number;

  constructor(model: Gpt2, row: tf.Tensor2D) {
    const logits = model.logits(row);
    this.#logits = logits.dataSync<'float32'>();
    logits.dispose();
    let sum = 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (const logit of this.#logits) {
      sum += logit;
      largest = Math.max(largest, logit);
    }
    this.#mean = sum / this.#logits.length;
    let exponentials = 0;
    for (const logit of this.#logits) exponentials += Math.exp(logit - largest);
    this.#normalizer = largest + Math.log(exponentials);
  }

  single(id: number): LogitTarget {
    const ends = { tokens: [id], minus: [] };
    const value = targetValue(ends, this.#logits, this.#mean);
    const probability = this.#probability(id);
    return { ...ends, probability, firstProbability: probability, value };
  }

  difference(tokens: number[], minus: number[]): LogitTarget {
    const ends = { tokens, minus };
    const firstProbability = this.#probability(tokens[0] as number);
    const value = targetValue(ends, this.#logits, this.#mean);
    return { ...ends, probability: undefined, firstProbability, value };
  }

  /** The most probable tokens that together reach a probability, at most so many. */
  mostProbable(request: CircuitTarget): number[] {
    const { probability, max } = likeliestOf(request);
    const ids = Array.from(this.#logits.keys()).sort((a, b) => this.#at(b) - this.#at(a) || a - b);
    const chosen: number[] = [];
    let reached = 0;
    for (const id of ids.slice(0, max)) {
      chosen.push(id);
      reached += this.#probability(id);
      if (reached >= probability) break;
    }
    return chosen;
  }

  #at(id: number): number {
    return this.#logits[id] as number;
  }

  #probability(id: number): number {
    return Math.exp(this.#at(id) - this.#normalizer);
  }
}

/** Logits, or differences of them, as linear functions of the residual stream before the final LayerNorm. */
class LogitReader implements TargetReader {
  readonly place = 'residual';
  readonly #gradients: tf.Tensor2D;
  readonly #biases: number[];

  /** @param scale of the final LayerNorm */
  constructor(model: Gpt2, scale: number, targets: readonly LogitTarget[]) {
    const bias = model.logitBias();
    const meanBias = bias.reduce((sum, value) => sum + value, 0) / bias.length;
    const mean = (ids: readonly number[]) =>
      ids.length === 0
        ? meanBias
        : ids.reduce((sum, id) => sum + (bias[id] as number), 0) / ids.length;
    this.#biases = targets.map(({ tokens, minus }) => mean(tokens) - mean(minus));
    this.#gradients = tf.tidy(() => {
      const gradients = targets.map(({ tokens, minus }) => logitGradient(model, tokens, minus));
      return tf.div<tf.Tensor2D>(tf.concat2d(gradients, 0), scale);
    });
  }

  gradients(logits: readonly number[]): tf.Tensor2D {
    return tf.tidy(() => tf.gather(this.#gradients, tf.tensor1d([...logits], 'int32')));
  }

  bias(logit: number): number {
    return this.#biases[logit] as number;
  }

  dispose(): void {
    this.#gradients.dispose();
  }
}

/**
 * Gradient of the mean logit of some tokens less that of others by the last residual stream, but for
 * `1/scale` of the final LayerNorm, `[1, d_model]`.
 *
 * @param minus the mean over the whole vocabulary where there are none
 */
export function logitGradient(
  model: Gpt2,
  tokens: readonly number[],
  minus: readonly number[],
): tf.Tensor2D {
  const mean = (ids: readonly number[]): tf.Tensor2D =>
    ids.length === 0
      ? model.meanLogitGradient()
      : tf.mean(model.logitGradients(Int32Array.from(ids)), 0, true);
  return tf.tidy(() => tf.sub(mean(tokens), mean(minus)));
}
