import type { SourceInfo } from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';

/** Number of layers of the lens; before it is there, as many as the sources span. */
export function lensLayers(run: Run): number {
  return run.lens?.layers.length ?? Math.max(0, ...run.sources.map(layersUpTo));
}

/** The hook tells, not the id: `12-res-jb` reads the end of layer 11. */
function layersUpTo({ hook, layer }: SourceInfo): number {
  return Number(/^blocks\.(\d+)\./.exec(hook)?.[1] ?? layer) + 1;
}
