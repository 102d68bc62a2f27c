import type { LogitLensResponse } from '@loupe/shared';
import type { Run } from './run.ts';
import type { Selection } from './state.ts';

/** How many tokens two runs have in common from the start; none when the models differ. */
export function commonPrefix(before: Run, after: Run): number {
  if (before.model !== after.model) return 0;
  const most = Math.min(before.tokens.length, after.tokens.length);
  for (let t = 0; t < most; t++) if (before.tokens[t]?.id !== after.tokens[t]?.id) return t;
  return most;
}

/**
 * Where the selection goes when a run follows another: it stays on its token when nothing up to
 * there has changed, else it goes to the last token. The row stays on its source.
 */
export function carrySelection(
  before: Run | null,
  after: Run,
  selection: Selection,
  followEnd: boolean,
): { selection: Selection; followEnd: boolean } {
  const id = selection.source === null ? undefined : before?.sources[selection.source]?.id;
  const row = id === undefined ? -1 : after.sources.findIndex((source) => source.id === id);
  const source = row < 0 ? null : row;
  const stays = !followEnd && before !== null && selection.position < commonPrefix(before, after);
  return stays
    ? { selection: { position: selection.position, source }, followEnd }
    : { selection: { position: Math.max(0, after.tokens.length - 1), source }, followEnd: true };
}

/**
 * The part of an earlier lens that holds for a new run: nothing before an edit changes in a causal
 * model, so the tokens in common keep theirs while the new lens is computed.
 */
export function carryLens(before: Run | null, after: Run): LogitLensResponse | undefined {
  const positions = before ? commonPrefix(before, after) : 0;
  if (!before?.lens || positions === 0) return undefined;
  return {
    ...before.lens,
    tokens: before.lens.tokens.slice(0, positions),
    layers: before.lens.layers.map(({ layer, ids, logits, probabilities }) => ({
      layer,
      ids: ids.slice(0, positions),
      logits: logits.slice(0, positions),
      probabilities: probabilities.slice(0, positions),
    })),
  };
}
