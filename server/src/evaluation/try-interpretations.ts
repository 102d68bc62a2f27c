import * as tf from '@tensorflow/tfjs-core';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import { outputHooks } from '../dictionaries/cross-layer.ts';
import { Dictionary } from '../dictionaries/dictionary.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { parseHook } from '../model/hooks.ts';
import type { Kernels } from '../tensor/kernels.ts';
import {
  conventions,
  type Interpretation,
  otherInterpretations,
  statedInterpretation,
  withInputBias,
} from './alternatives.ts';
import { type Measured, measureDictionary } from './measure-dictionary.ts';
import type { Sample } from './sample.ts';

/** Below this explained variance a dictionary is also tried in rarer ways. */
const DOUBTFUL = 0.5;

/** A way of reading a dictionary, and how it does read so. */
export interface TriedInterpretation extends Measured {
  interpretation: Interpretation;
}

export interface Trial {
  /** As the dictionary says of itself. */
  stated: TriedInterpretation;
  /** Other ways. */
  others: TriedInterpretation[];
}

/** What sources of a cross-layer transcoder have written to output hooks so far, by hook. */
export type Written = Map<string, tf.Tensor2D>;

export interface TriedOn {
  gpt2: Gpt2;
  kernels: Kernels;
  sample: Sample;
  /** Of the set that the dictionary belongs to; what it writes to later layers is added. */
  written: Written;
}

/**
 * Measures a dictionary as it says it is to be read, and in other ways that it might have been meant:
 * under the other convention of its hooks, and if it explains little, with and without the bias on its
 * input, and with a normalised input, or without the normalisation that is stated.
 */
export function tryInterpretations(
  config: DictionaryConfig,
  weights: DictionaryWeights,
  on: TriedOn,
): Trial {
  const stated = statedInterpretation(config, weights);
  const asStated = measureConventions(config, weights, stated, on, true);
  const [first, ...others] = asStated as [TriedInterpretation, ...TriedInterpretation[]];
  if (config.crossLayer === undefined && best(asStated) < DOUBTFUL) {
    for (const other of otherInterpretations(config, weights)) {
      const changed = { ...config, normalization: other.normalization };
      const changedWeights = withInputBias(weights, other.inputBias);
      others.push(...measureConventions(changed, changedWeights, other, on, false));
    }
  }
  return { stated: first, others };
}

function best(tried: readonly Measured[]): number {
  return Math.max(...tried.map(({ explainedVariance }) => explainedVariance));
}

function measureConventions(
  config: DictionaryConfig,
  weights: DictionaryWeights,
  interpretation: Omit<Interpretation, 'convention'>,
  { gpt2, kernels, sample, written }: TriedOn,
  isStated: boolean,
): TriedInterpretation[] {
  const valueBias = () => gpt2.valueBias(parseHook(config.hook)?.layer ?? 0);
  const dictionary = Dictionary.load(config, weights, kernels, valueBias);
  try {
    const earlier = written.get(config.outputHook);
    // What earlier layers write was computed under their own convention.
    const tried = config.crossLayer ? [config.convention] : conventions(config);
    return tried.map((convention, i) => {
      const variant = dictionary.as(convention);
      const { rows, ...measured } = measureDictionary(variant, sample, earlier);
      if (isStated && i === 0) {
        for (const hook of outputHooks(config).slice(1)) {
          addWrites(written, hook, dictionary.write(rows, hook));
        }
      }
      return { interpretation: { ...interpretation, convention }, ...measured };
    });
  } finally {
    dictionary.dispose();
  }
}

function addWrites(written: Written, hook: string, own: tf.Tensor2D): void {
  const before = written.get(hook);
  written.set(hook, before ? tf.add<tf.Tensor2D>(before, own) : own);
  if (!before) return;
  before.dispose();
  own.dispose();
}
