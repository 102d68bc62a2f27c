/** What turns pre-activations into activations. */
export type ActivationFunction =
  | { kind: 'relu' }
  /** The k largest pre-activations of a position, then ReLU (Gao et al., 2024). */
  | { kind: 'topk'; k: number }
  /** A pre-activation above its feature's threshold, else 0 (Rajamanoharan et al., 2024). */
  | { kind: 'jumprelu' };

/** What is done to a dictionary's input first, and undone on its output. */
export type Normalization =
  | { kind: 'none' }
  /**
   * Each row centred and divided by its deviation: `biased` by √(variance + ε), `unbiased` by the
   * deviation of n − 1 degrees of freedom plus ε, as OpenAI's autoencoders do.
   */
  | { kind: 'layer-norm'; deviation: 'biased' | 'unbiased'; epsilon: number }
  /** Every value times a constant. */
  | { kind: 'factor'; factor: number };

/** What is known of a dictionary before its tensors are read. */
export interface DictionaryConfig {
  dIn: number;
  dOut: number;
  /** Number of features. */
  width: number;
  /** Hook that it reads, in TransformerLens spelling. */
  hook: string;
  /** Hook that it writes; that of the input for a sparse autoencoder. */
  outputHook: string;
  activationFunction: ActivationFunction;
  normalization: Normalization;
}

/**
 * A dictionary in canonical form, whatever form it was published in:
 * `f = act((x − b_in) W_enc + b_enc)`, `y = f W_dec + b_out`.
 */
export interface DictionaryWeights {
  /** `[d_in]`; left out where it is zero. */
  bIn?: Float32Array;
  /** `[d_in, width]`, row by row */
  encoder: Float32Array;
  /** `[width]` */
  bEnc: Float32Array;
  /** `[width, d_out]`, row by row */
  decoder: Float32Array;
  /** `[d_out]` */
  bOut: Float32Array;
  /** `[width]`, for JumpReLU */
  threshold?: Float32Array;
}

/** Short name of an activation function, as `/models` lists it. */
export function activationFunctionName(fn: ActivationFunction): string {
  return fn.kind === 'topk' ? `topk(${fn.k})` : fn.kind;
}

/** Short name of a normalisation, as `/models` lists it. */
export function normalizationName(normalization: Normalization): string {
  switch (normalization.kind) {
    case 'none':
      return 'none';
    case 'layer-norm':
      return `layer-norm (${normalization.deviation})`;
    case 'factor':
      return `factor ${normalization.factor}`;
  }
}
