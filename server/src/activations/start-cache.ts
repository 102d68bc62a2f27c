import { debug } from '../debug-log.ts';
import { firstPositions } from '../dictionaries/encoding.ts';
import { ActivationCache, type SharedPrefix } from './activation-cache.ts';
import { firstLensRows } from './logit-lens.ts';
import type { PrefixCache } from './prefix-cache.ts';

/** An activation cache for some tokens, and what it can take over. The caller releases both. */
export interface StartedCache {
  cache: ActivationCache;
  prefix: SharedPrefix | undefined;
}

/**
 * Begins an activation cache: that of recent prompts if these very tokens have been run, else a new one with
 * the encodings, predictions and surprisals of the longest shared prefix.
 */
export function startCache(
  tokens: Int32Array,
  kept: ReadonlySet<string>,
  recent: PrefixCache,
): StartedCache {
  const prefix = recent.find(tokens, kept);
  debug('prefix cache', () => ({
    hit: prefix !== undefined,
    positions: tokens.length,
    shared: prefix?.length ?? 0,
    bytes: recent.bytes,
  }));
  if (!prefix) return { cache: new ActivationCache(tokens), prefix };
  if (prefix.length === tokens.length && prefix.cache.length === tokens.length) {
    return { cache: prefix.cache, prefix: undefined };
  }
  const cache = new ActivationCache(tokens);
  for (const [source, encoding] of prefix.cache.encodings) {
    cache.encodings.set(source, firstPositions(encoding, prefix.length));
  }
  for (const [layer, rows] of prefix.cache.lens) {
    cache.lens.set(layer, firstLensRows(rows, Math.min(prefix.length, rows.ids.length / rows.k)));
  }
  cache.surprisal = prefix.cache.surprisal?.slice(0, prefix.length);
  return { cache, prefix };
}
