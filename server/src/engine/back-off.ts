export interface BackOff {
  /** Wait after the first death, in milliseconds; each further one doubles it. */
  firstMs: number;
  maxMs: number;
  /**
   * An engine that lived this long, in milliseconds, has not failed in a row with earlier ones, nor has
   * one that answered.
   */
  healthyMs: number;
}

export const DEFAULT_BACK_OFF: BackOff = { firstMs: 200, maxMs: 10_000, healthyMs: 30_000 };

/** How long to wait before the next start, after so many earlier deaths in a row. */
export function backOffMs({ firstMs, maxMs }: BackOff, earlierDeaths: number): number {
  return Math.min(maxMs, firstMs * 2 ** earlierDeaths);
}
