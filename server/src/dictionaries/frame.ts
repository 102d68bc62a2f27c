/**
 * How a dictionary sees some rows once what its normalisation divides by is held fixed: each row, less
 * its mean where it `centres`, times its gain. Its output is divided by the gain.
 */
export interface Frame {
  centres: boolean;
  /** `[row]` */
  gains: Float32Array;
}
