/** Rows of a sparse table, grouped by position: row `t` is `offsets[t]` up to `offsets[t + 1]`. */
export interface Csr {
  /** [positions + 1] */
  offsets: Int32Array;
  /** [entries] strongest first within a position. */
  feature: Int32Array;
  /** [entries] */
  activation: Float32Array;
}

function isSorted(position: ArrayLike<number>, activation: ArrayLike<number>): boolean {
  for (let i = 1; i < position.length; i++) {
    const step = position[i]! - position[i - 1]!;
    if (step < 0 || (step === 0 && activation[i]! > activation[i - 1]!)) return false;
  }
  return true;
}

/**
 * Columns `[entries]` of position, feature and activation as rows by position, strongest first. The
 * server sends them in that order already, and then nothing is moved.
 */
export function toCsr(
  positions: number,
  position: ArrayLike<number>,
  feature: ArrayLike<number>,
  activation: ArrayLike<number>,
): Csr {
  const offsets = new Int32Array(positions + 1);
  for (let i = 0; i < position.length; i++) offsets[position[i]! + 1]!++;
  for (let t = 0; t < positions; t++) offsets[t + 1]! += offsets[t]!;
  if (isSorted(position, activation)) {
    return {
      offsets,
      feature: Int32Array.from(feature),
      activation: Float32Array.from(activation),
    };
  }
  const order = Array.from(position, (_, i) => i).sort(
    (a, b) => position[a]! - position[b]! || activation[b]! - activation[a]!,
  );
  return {
    offsets,
    feature: Int32Array.from(order, (i) => feature[i]!),
    activation: Float32Array.from(order, (i) => activation[i]!),
  };
}
