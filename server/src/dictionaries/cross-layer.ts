import type { CrossLayer } from '@loupe/shared';
import { blockLayer } from '../model/hooks.ts';

/** What cross-layer matters need to know of a source. */
export interface OutputPlace {
  outputHook: string;
  crossLayer?: CrossLayer;
}

/**
 * The hooks that a source writes: its output hook, and for a source of a cross-layer transcoder the same
 * hook of each later layer (Lindsey et al., "Sparse Crosscoders", 2024; Ameisen et al., "Circuit
 * Tracing", 2025).
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a cross-layer transcoder that writes outside the layers
 */
export function outputHooks({ outputHook, crossLayer }: OutputPlace): string[] {
  if (!crossLayer) return [outputHook];
  const hooks: string[] = [];
  for (let layer = blockLayer(outputHook); layer <= crossLayer.last; layer++) {
    hooks.push(outputHook.replace(LAYER, `blocks.${layer}.`));
  }
  return hooks;
}

/** How many later layers a source writes to. */
export function laterLayers(place: OutputPlace): number {
  return outputHooks(place).length - 1;
}

/** The layers whose sources write to a source's output hook besides itself. */
export function earlierLayers({ outputHook, crossLayer }: OutputPlace): number[] {
  if (!crossLayer) return [];
  const { first } = crossLayer;
  return Array.from({ length: blockLayer(outputHook) - first }, (_, i) => first + i);
}

const LAYER = /^blocks\.\d+\./;
