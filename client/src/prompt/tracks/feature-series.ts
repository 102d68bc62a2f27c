import type { SourceActivations } from '../../stores/prompt/run.ts';

/** Where one feature is active along the prompt, in the order of positions. */
export interface Series {
  positions: Int32Array;
  /** Activations, parallel to `positions`. */
  values: Float32Array;
}

/** A source turned round: entries by feature rather than by position. */
interface ByFeature {
  /** [highest feature + 2] where the entries of each feature begin. */
  starts: Int32Array;
  positions: Int32Array;
  values: Float32Array;
}

const turned = new WeakMap<SourceActivations, ByFeature>();
const NONE: Series = { positions: new Int32Array(0), values: new Float32Array(0) };

/** The course of one feature of a source along the prompt; empty where it is active nowhere. */
export function featureSeries(activations: SourceActivations, feature: number): Series {
  const { starts, positions, values } = byFeature(activations);
  const from = starts[feature];
  const to = starts[feature + 1];
  if (from === undefined || to === undefined || from === to) return NONE;
  return { positions: positions.subarray(from, to), values: values.subarray(from, to) };
}

/** A series with a value, perhaps 0, for each of `count` positions. */
export function denseSeries(series: Series, count: number): Float32Array {
  const dense = new Float32Array(count);
  series.positions.forEach((position, i) => {
    dense[position] = series.values[i] as number;
  });
  return dense;
}

/** The strongest activation at positions that are not special; 0 where there is none. */
export function seriesMost(series: Series, special: Uint8Array): number {
  let most = 0;
  series.positions.forEach((position, i) => {
    if (!special[position]) most = Math.max(most, series.values[i] as number);
  });
  return most;
}

// A counting sort: one pass to count, one to place, so that a sparkline costs nothing to look up.
function byFeature(activations: SourceActivations): ByFeature {
  const before = turned.get(activations);
  if (before) return before;
  const { offsets, feature, activation } = activations;
  let highest = -1;
  for (const index of feature) if (index > highest) highest = index;
  const starts = new Int32Array(highest + 2);
  for (const index of feature) starts[index + 1] = (starts[index + 1] as number) + 1;
  for (let i = 0; i <= highest; i++) {
    starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  }
  const next = starts.slice();
  const positions = new Int32Array(feature.length);
  const values = new Float32Array(feature.length);
  for (let t = 0; t + 1 < offsets.length; t++) {
    for (let entry = offsets[t] as number; entry < (offsets[t + 1] as number); entry++) {
      const index = feature[entry] as number;
      const place = next[index] as number;
      next[index] = place + 1;
      positions[place] = t;
      values[place] = activation[entry] as number;
    }
  }
  const result = { starts, positions, values };
  turned.set(activations, result);
  return result;
}
