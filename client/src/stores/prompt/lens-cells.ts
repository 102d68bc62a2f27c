import type { Candidate, LogitLensResponse } from '@loupe/shared';
import type { Run } from './run.ts';

/** The most probable tokens after a position, read off one layer, strongest first; empty where unknown. */
export function lensCandidates(
  lens: LogitLensResponse | undefined,
  layer: number,
  position: number,
): Candidate[] {
  const row = lens?.layers[layer];
  const ids = row?.ids[position];
  if (!lens || !row || !ids) return [];
  return ids.map((id, rank) => ({
    id,
    text: lens.texts[id] ?? `#${id}`,
    logit: row.logits[position]?.[rank] ?? 0,
    probability: row.probabilities[position]?.[rank] ?? 0,
  }));
}

/** The first of them alone, for the grid; undefined where unknown. */
export function lensTop(
  lens: LogitLensResponse,
  layer: number,
  position: number,
): { id: number; text: string; probability: number } | undefined {
  const row = lens.layers[layer];
  const id = row?.ids[position]?.[0];
  if (row === undefined || id === undefined) return undefined;
  const probability = row.probabilities[position]?.[0] ?? 0;
  return { id, text: lens.texts[id] ?? `#${id}`, probability };
}

/** Why the lens is not there, in words for the reader; undefined where it is. */
export function lensMissing(run: Run): string | undefined {
  if (run.lens) return undefined;
  if (run.lensError) return run.lensError.message;
  if (run.status === 'waiting' || run.status === 'streaming') return 'follows the last layer';
  if (run.status === 'complete') return 'on its way';
  return 'needs a run that reached its last layer';
}
