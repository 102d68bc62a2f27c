import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import type { Sample } from './sample.ts';

/** How a dictionary does on a sample. */
export interface Measured {
  /** `1 − ‖target − reconstruction‖² / ‖target − mean‖²` over all positions of the sample. */
  explainedVariance: number;
  /** Features active at a position, on average. */
  active: number;
  /** Share of the features that are active nowhere in the sample. */
  silent: number;
}

/** What was measured, and the active features that it was measured with. */
export interface Measurement extends Measured {
  /** `[position, width]` */
  rows: SparseRows;
}

/**
 * Measures a dictionary on a sample that holds its hooks.
 *
 * @param earlier `[position, d_out]` what the sources of earlier layers of a cross-layer transcoder write
 */
export function measureDictionary(
  dictionary: Dictionary,
  sample: Sample,
  earlier?: tf.Tensor2D,
): Measurement {
  const { config } = dictionary;
  const output = sample.hook(config.outputHook);
  const { rows, squaredError } = dictionary.encode(sample.hook(config.hook), output, earlier);
  const variance = tf.tidy(() => {
    const target = dictionary.target(output);
    return tf.sum(tf.squaredDifference(target, tf.mean(target, 0, true))).dataSync()[0] as number;
  });
  const error = squaredError.reduce((sum, each) => sum + each, 0);
  return {
    rows,
    explainedVariance: 1 - error / variance,
    active: rows.columns.length / sample.positions,
    silent: 1 - new Set(rows.columns).size / config.width,
  };
}
