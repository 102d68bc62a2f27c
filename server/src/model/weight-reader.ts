/**
 * Where a model's weights come from, by their Hugging Face names without `transformer.` before them.
 * Their shapes have been checked: a block takes its number of heads and the width of its MLP from them.
 */
export interface WeightReader {
  has(name: string): boolean;
  /** Values of a tensor, row by row. */
  read(name: string): Float32Array;
}
