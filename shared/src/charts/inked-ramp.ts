/** A one-sided scale of colours, from none to the greatest value, and the ink to write on each. */
export interface InkedRamp {
  /** [steps] */
  fill: readonly string[];
  /** [steps] */
  ink: readonly string[];
}

/** The step of a ramp for a value from 0 to 1; values outside take the nearest end. */
export function stepOf(ramp: readonly string[], value: number): number {
  return Math.round(Math.max(0, Math.min(1, value || 0)) * (ramp.length - 1));
}

/** A value as a share of a scale that ends at `most`, 0 to 1. */
export function shareOf(value: number, most: number): number {
  return most > 0 ? Math.min(1, value / most) : 0;
}
