import type { SourceActivations } from '../../stores/prompt/run.ts';

/** What the map shows of one source, per position. */
export interface SourceStats {
  /** [positions] number of active features. */
  count: Int32Array;
  /** [positions] strongest activation; 0 where no feature is active. */
  strongest: Float32Array;
  /** [positions] index of the strongest feature; −1 where no feature is active. */
  feature: Int32Array;
}

const known = new WeakMap<SourceActivations, SourceStats>();

/** Counts and maxima of one source; computed once, as what has arrived does not change. */
export function sourceStats(activations: SourceActivations): SourceStats {
  let stats = known.get(activations);
  if (!stats) {
    stats = compute(activations);
    known.set(activations, stats);
  }
  return stats;
}

function compute({ offsets, feature, activation }: SourceActivations): SourceStats {
  const positions = offsets.length - 1;
  const stats: SourceStats = {
    count: new Int32Array(positions),
    strongest: new Float32Array(positions),
    feature: new Int32Array(positions).fill(-1),
  };
  for (let t = 0; t < positions; t++) {
    const from = offsets[t] as number;
    const count = (offsets[t + 1] as number) - from;
    stats.count[t] = count;
    if (count === 0) continue;
    stats.strongest[t] = activation[from] as number;
    stats.feature[t] = feature[from] as number;
  }
  return stats;
}
