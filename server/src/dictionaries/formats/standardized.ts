/** Mean and deviation of each dimension of a hook's values. */
export interface Statistics {
  mean: Float32Array;
  deviation: Float32Array;
}

/**
 * Makes a matrix `[d_in, columns]` for `(x − mean) / deviation` into one for `x`, in place:
 * `((x − μ)/σ) W + b = x W′ + b′` with `W′ = W/σ`, `b′ = b − μ W′`.
 *
 * @param bias `[columns]`, changed too
 */
export function foldInput(
  matrix: Float32Array,
  bias: Float32Array,
  { mean, deviation }: Statistics,
): void {
  const columns = bias.length;
  const shift = new Float64Array(columns);
  for (let i = 0; i < mean.length; i++) {
    for (let c = 0; c < columns; c++) {
      const weight = (matrix[i * columns + c] as number) / (deviation[i] as number);
      matrix[i * columns + c] = weight;
      shift[c] = (shift[c] as number) + (mean[i] as number) * weight;
    }
  }
  for (let c = 0; c < columns; c++) bias[c] = (bias[c] as number) - (shift[c] as number);
}

/** Multiplies each column of `[rows, d_out]`, in place, by the deviation of what it is to become. */
export function scaleOutput(matrix: Float32Array, { deviation }: Statistics): void {
  const columns = deviation.length;
  for (let i = 0; i < matrix.length; i++) {
    matrix[i] = (matrix[i] as number) * (deviation[i % columns] as number);
  }
}
