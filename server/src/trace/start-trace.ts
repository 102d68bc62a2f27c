import { debug } from '../debug-log.ts';
import { firstPositions } from '../dictionaries/encoding.ts';
import { firstLensRows } from './logit-lens.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { type SharedPrefix, Trace } from './trace.ts';

/** A trace for some tokens, and what it can take over. The caller releases both. */
export interface StartedTrace {
  trace: Trace;
  prefix: SharedPrefix | undefined;
}

/**
 * Begins a trace: the very one that the cache holds if these tokens have been run, else a new one with
 * the encodings, predictions and surprisals of the longest shared prefix.
 */
export function startTrace(
  tokens: Int32Array,
  kept: ReadonlySet<string>,
  cache: PrefixCache,
): StartedTrace {
  const prefix = cache.find(tokens, kept);
  debug('prefix cache', () => ({
    hit: prefix !== undefined,
    positions: tokens.length,
    shared: prefix?.length ?? 0,
    bytes: cache.bytes,
  }));
  if (!prefix) return { trace: new Trace(tokens), prefix };
  if (prefix.length === tokens.length && prefix.trace.length === tokens.length) {
    return { trace: prefix.trace, prefix: undefined };
  }
  const trace = new Trace(tokens);
  for (const [source, encoding] of prefix.trace.encodings) {
    trace.encodings.set(source, firstPositions(encoding, prefix.length));
  }
  for (const [layer, rows] of prefix.trace.lens) {
    trace.lens.set(layer, firstLensRows(rows, Math.min(prefix.length, rows.ids.length / rows.k)));
  }
  trace.surprisal = prefix.trace.surprisal?.slice(0, prefix.length);
  return { trace, prefix };
}
