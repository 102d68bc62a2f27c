/** What is done to each dimension of a vector: `x ⊙ scale + shift`. */
export interface Affine {
  scale: ArrayLike<number>;
  shift: ArrayLike<number>;
}

/**
 * Makes a matrix `[d_in, columns]` for `x ⊙ s + t` into one for `x`, in place:
 * `(x ⊙ s + t) W + b = x W′ + b′` with `W′ = diag(s) W`, `b′ = b + t W`.
 *
 * @param bias `[columns]`, changed too
 */
export function foldInput(
  matrix: Float32Array,
  bias: Float32Array,
  { scale, shift }: Affine,
): void {
  const columns = bias.length;
  const added = new Float64Array(columns);
  for (let i = 0; i < scale.length; i++) {
    const factor = scale[i] as number;
    const offset = shift[i] as number;
    for (let c = 0; c < columns; c++) {
      const weight = matrix[i * columns + c] as number;
      matrix[i * columns + c] = weight * factor;
      added[c] = (added[c] as number) + offset * weight;
    }
  }
  addTo(bias, added);
}

/** Multiplies each column of a matrix, row by row `[rows, factors.length]`, in place. */
export function scaleColumns(matrix: Float32Array, factors: ArrayLike<number>): void {
  const columns = factors.length;
  for (let i = 0; i < matrix.length; i++) {
    matrix[i] = (matrix[i] as number) * (factors[i % columns] as number);
  }
}

/** Multiplies each row of a matrix `[factors.length, columns]`, row by row, in place. */
export function scaleRows(matrix: Float32Array, factors: ArrayLike<number>): void {
  const columns = matrix.length / factors.length;
  for (let i = 0; i < matrix.length; i++) {
    matrix[i] = (matrix[i] as number) * (factors[Math.floor(i / columns)] as number);
  }
}

/** Adds one vector to another, in place. */
export function addTo(vector: Float32Array, other: ArrayLike<number>): void {
  for (let i = 0; i < vector.length; i++) {
    vector[i] = (vector[i] as number) + (other[i] as number);
  }
}
