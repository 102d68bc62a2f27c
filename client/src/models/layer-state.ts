import { counted, formatBytes, formatProbability } from '@loupe/shared';
import type { LayerEntry } from '../stores/models/entries.ts';

/** What a layer of a set is at the moment; `none` where no dictionary was published for it. */
export type LayerState = 'installed' | 'busy' | 'chosen' | 'offered' | 'none';

export function layerState(
  entry: LayerEntry | undefined,
  chosen: boolean,
  busy: boolean,
): LayerState {
  if (!entry) return 'none';
  if (entry.source) return 'installed';
  if (busy) return 'busy';
  return chosen ? 'chosen' : 'offered';
}

const WORDS: Record<LayerState, string> = {
  installed: 'installed',
  busy: 'being downloaded',
  chosen: 'to be downloaded',
  offered: 'available',
  none: 'no dictionary',
};

/** A layer of a set in words: `Layer 5: available · 24,576 features · 302 MB`. */
export function layerWords(
  layer: number,
  entry: LayerEntry | undefined,
  state: LayerState,
): string {
  const { source, offered } = entry ?? {};
  const width = source?.width ?? offered?.width;
  const bytes = source ? source.bytes : offered?.bytes;
  const variance = source?.explainedVariance;
  return [
    `Layer ${layer}: ${WORDS[state]}`,
    ...(width === undefined ? [] : [counted(width, 'feature')]),
    ...(variance === undefined ? [] : [`${formatProbability(variance)} of the variance explained`]),
    ...(bytes ? [formatBytes(bytes)] : []),
  ].join(' · ');
}
