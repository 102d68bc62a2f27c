import type { Convention, Normalization } from '@loupe/shared';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import { losesMean, losesValueBias } from '../dictionaries/hook-view.ts';

/** A way in which a dictionary may have been meant to be read. */
export interface Interpretation {
  convention: Convention;
  normalization: Normalization;
  /** Whether the output bias is taken off the input. */
  inputBias: boolean;
}

/** How a dictionary is read by its configuration. */
export function statedInterpretation(
  { convention, normalization }: DictionaryConfig,
  { bIn }: DictionaryWeights,
): Interpretation {
  return { convention, normalization, inputBias: bIn !== undefined };
}

/** The conventions that make a difference at a dictionary's hooks, its own first. */
export function conventions({ hook, outputHook, convention }: DictionaryConfig): Convention[] {
  const others: Convention[] = [hook, outputHook].some(losesValueBias)
    ? ['raw', 'value-bias-removed']
    : [hook, outputHook].some(losesMean)
      ? ['raw', 'centred']
      : ['raw'];
  return [convention, ...others.filter((other) => other !== convention)];
}

/**
 * Other ways of reading a dictionary that are common and easily mistaken for its own: with the output
 * bias taken off the input or not, and with the input normalised or not, whichever is stated.
 */
export function otherInterpretations(
  config: DictionaryConfig,
  weights: DictionaryWeights,
): Omit<Interpretation, 'convention'>[] {
  const { normalization, inputBias } = statedInterpretation(config, weights);
  const isAutoencoder = config.hook === config.outputHook;
  const biases = isAutoencoder ? [inputBias, !inputBias] : [inputBias];
  const other: Normalization =
    normalization.kind === 'none'
      ? { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 }
      : { kind: 'none' };
  // What a transcoder writes is never brought back by the scale of what it reads.
  const normalizations =
    other.kind === 'none' || isAutoencoder ? [normalization, other] : [normalization];
  return normalizations
    .flatMap((each) => biases.map((bias) => ({ normalization: each, inputBias: bias })))
    .slice(1);
}

/** Weights as another interpretation has them. */
export function withInputBias(weights: DictionaryWeights, inputBias: boolean): DictionaryWeights {
  const { bIn, ...rest } = weights;
  return inputBias ? { ...rest, bIn: bIn ?? weights.bOut } : rest;
}
