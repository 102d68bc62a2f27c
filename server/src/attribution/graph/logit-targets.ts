import { type CircuitTarget, LoupeError, type TokenName } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../../model/gpt2.ts';
import { normalize } from '../../model/layer-norm.ts';
import { tokenNamed } from '../../model/name-token.ts';
import type { Tokenizer } from '../../model/tokenizer.ts';
import { centre } from '../centre.ts';
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

/** What is explained, at one position, and how it reads the last residual stream. */
export interface LogitTargets {
  position: number;
  targets: LogitTarget[];
  reader: TargetReader;
}

const DEFAULT_PROBABILITY = 0.95;
const DEFAULT_MOST = 10;

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
    return { position, targets, reader: new LogitReader(model, row, targets) };
  } finally {
    row.dispose();
  }
}

/** Which of the most probable tokens are explained where none are named. */
export function likeliestOf({
  probability = DEFAULT_PROBABILITY,
  max = DEFAULT_MOST,
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

/** Logits, or differences of them, as readings of the residual stream through the final LayerNorm. */
class LogitReader implements TargetReader {
  readonly place = 'residual';
  readonly #vectors: tf.Tensor2D;
  readonly #constants: number[];

  constructor(model: Gpt2, row: tf.Tensor2D, targets: readonly LogitTarget[]) {
    const resting = model.restingLogits();
    const restingMean = resting.reduce((sum, value) => sum + value, 0) / resting.length;
    const mean = (ids: readonly number[]) =>
      ids.length === 0
        ? restingMean
        : ids.reduce((sum, id) => sum + (resting[id] as number), 0) / ids.length;
    this.#constants = targets.map(({ tokens, minus }) => mean(tokens) - mean(minus));
    this.#vectors = tf.tidy(() => {
      const { scale } = normalize(row, model.config.epsilon);
      const all = model.meanLogitReading();
      const meanReading = (ids: readonly number[]): tf.Tensor2D =>
        ids.length === 0 ? all : tf.mean(model.logitReadings(Int32Array.from(ids)), 0, true);
      const readings = targets.map(({ tokens, minus }) =>
        tf.sub<tf.Tensor2D>(meanReading(tokens), meanReading(minus)),
      );
      return tf.div<tf.Tensor2D>(centre(tf.concat2d(readings, 0)), scale);
    });
  }

  vectors(logits: readonly number[]): tf.Tensor2D {
    return tf.tidy(() => tf.gather(this.#vectors, tf.tensor1d([...logits], 'int32')));
  }

  constant(logit: number): number {
    return this.#constants[logit] as number;
  }

  dispose(): void {
    this.#vectors.dispose();
  }
}
