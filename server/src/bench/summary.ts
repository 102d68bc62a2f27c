/** Repeated timings of one thing: the middle half of them, and all. Milliseconds. */
export interface Summary {
  median: number;
  /** First quartile. */
  low: number;
  /** Third quartile. */
  high: number;
  samples: number[];
}

/**
 * Summarises timings.
 *
 * @throws RangeError if there are none
 */
export function summarize(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    low: quantile(samples, 0.25),
    high: quantile(samples, 0.75),
    samples: [...samples],
  };
}

/**
 * The value below which the share `p`, 0 to 1, of the samples lies, interpolated linearly.
 *
 * @throws RangeError if there are no samples
 */
export function quantile(samples: readonly number[], p: number): number {
  if (samples.length === 0) throw new RangeError('There are no samples to summarise.');
  const sorted = [...samples].sort((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}
