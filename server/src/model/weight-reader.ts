/** Where a model's weights come from, by their Hugging Face names without `transformer.` before them. */
export interface WeightReader {
  has(name: string): boolean;
  /** Values of a tensor, row by row. */
  read(name: string): Float32Array;
}
