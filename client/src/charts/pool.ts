/**
 * The greatest value of each of `pixels` equal stretches of a series, so that a long one can be drawn
 * small without losing its peaks. Null counts as 0.
 */
export function pooled(values: ArrayLike<number | null>, pixels: number): Float32Array {
  const result = new Float32Array(Math.max(0, pixels));
  const count = values.length;
  for (let pixel = 0; pixel < result.length; pixel++) {
    const from = Math.floor((pixel * count) / pixels);
    const to = Math.max(from + 1, Math.floor(((pixel + 1) * count) / pixels));
    for (let i = from; i < Math.min(to, count); i++) {
      const value = values[i] ?? 0;
      if (value > (result[pixel] as number)) result[pixel] = value;
    }
  }
  return result;
}
