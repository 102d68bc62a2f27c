import type {
  ActivationFunction,
  Convention,
  DictionaryType,
  Normalization,
} from '../wire/dictionary.ts';

const CONVENTIONS: Record<Convention, string> = {
  raw: 'raw values',
  centred: 'mean removed',
  'value-bias-removed': 'value biases removed',
};

/** A convention in words, for people. */
export function describeConvention(convention: Convention): string {
  return CONVENTIONS[convention];
}

/** An activation function as people write it: `TopK, the 32 largest`. */
export function describeActivationFunction(fn: ActivationFunction): string {
  switch (fn.kind) {
    case 'relu':
      return 'ReLU';
    case 'jumprelu':
      return 'JumpReLU';
    case 'topk':
      return `TopK, the ${fn.k} largest`;
  }
}

/** A normalisation in words; `undefined` where nothing is done. */
export function describeNormalization(normalization: Normalization): string | undefined {
  switch (normalization.kind) {
    case 'none':
      return undefined;
    case 'layer-norm':
      return `normalised (${normalization.deviation} deviation)`;
    case 'constant-norm':
      return 'scaled to one length';
    case 'factor':
      return `scaled by ${normalization.factor}`;
  }
}

const TYPES: Record<DictionaryType, string> = {
  sae: 'SAE',
  transcoder: 'transcoder',
  'cross-layer-transcoder': 'cross-layer transcoder',
};

/** What a dictionary is, in words. */
export function describeDictionaryType(type: DictionaryType): string {
  return TYPES[type];
}

/** Short name of an activation function, in one word: `topk(32)`. */
export function formatActivationFunction(fn: ActivationFunction): string {
  return fn.kind === 'topk' ? `topk(${fn.k})` : fn.kind;
}

/** Short name of a normalisation: `layer-norm (unbiased)`. */
export function formatNormalization(normalization: Normalization): string {
  switch (normalization.kind) {
    case 'none':
      return 'none';
    case 'layer-norm':
      return `layer-norm (${normalization.deviation})`;
    case 'constant-norm':
      return 'constant norm';
    case 'factor':
      return `factor ${normalization.factor}`;
  }
}
