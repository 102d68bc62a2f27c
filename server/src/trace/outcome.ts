import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import { ROWS_AT_ONCE, surprisals, type TopTokens, topTokens } from '../model/predictions.ts';
import type { Trace } from './trace.ts';

/**
 * Fills `trace.surprisal` for all positions from the last residual stream; yields between pieces of
 * work. Surprisals that are known already are kept.
 */
export function* fillSurprisal(model: Gpt2, trace: Trace): Generator<void, void> {
  const known = trace.surprisal ?? Float32Array.of(Number.NaN);
  const surprisal = new Float32Array(trace.length).fill(Number.NaN);
  surprisal.set(known.subarray(0, trace.length));
  for (let from = known.length; from < trace.length; from += ROWS_AT_ONCE) {
    const to = Math.min(trace.length, from + ROWS_AT_ONCE);
    const before = rows(trace.finalResidual, from - 1, to - 1);
    surprisal.set(surprisals(model, before, trace.tokens.subarray(from, to)), from);
    before.dispose();
    yield;
  }
  trace.surprisal = surprisal;
}

/** The most probable tokens after the last position. */
export function nextTokens(model: Gpt2, trace: Trace, k: number): TopTokens {
  const last = rows(trace.finalResidual, trace.length - 1, trace.length);
  try {
    return topTokens(model, last, k);
  } finally {
    last.dispose();
  }
}

function rows(x: tf.Tensor2D, from: number, to: number): tf.Tensor2D {
  return tf.slice2d(x, [from, 0], [to - from, x.shape[1]]);
}
