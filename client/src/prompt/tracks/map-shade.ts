import type { SourceKind } from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';
import type { Shade } from '../../stores/prompt/state.ts';
import { sourceStats } from './source-stats.ts';
import { specialMask } from './special.ts';

/** What the cells are shaded by: values per source and the value that has the full colour. */
export interface MapShading {
  /** [sources][positions]; undefined for a source that has not arrived. */
  values: (ArrayLike<number> | undefined)[];
  /** The greatest value at tokens that are not special, for each kind; 0 where there is none. */
  most: Record<SourceKind, number>;
}

/**
 * The values that shade the map. Activations are scaled per kind, as those of different
 * dictionaries have no common unit; counts and errors, which have one, share a scale.
 */
export function mapShading(run: Run, shade: Shade): MapShading {
  const special = specialMask(run.tokens);
  const most: Record<SourceKind, number> = { attention: 0, mlp: 0, residual: 0 };
  const values = run.activations.map((activations, index) => {
    if (!activations) return undefined;
    const stats = sourceStats(activations);
    const row =
      shade === 'error'
        ? activations.reconstruction.error
        : shade === 'count'
          ? stats.count
          : stats.strongest;
    const kind = run.sources[index]?.kind ?? 'residual';
    for (let t = 0; t < row.length; t++) {
      if (!special[t]) most[kind] = Math.max(most[kind], row[t] as number);
    }
    return row;
  });
  if (shade !== 'strongest') {
    const all = Math.max(...Object.values(most));
    return { values, most: { attention: all, mlp: all, residual: all } };
  }
  return { values, most };
}
