import { LRUCache } from 'lru-cache';
import type { ActivationCache, SharedPrefix } from './activation-cache.ts';

/**
 * Activation caches of recent prompts, least recently used out, bounded in bytes. A prompt that begins as
 * one of them does takes over everything up to the first difference.
 */
export class PrefixCache {
  readonly #caches: LRUCache<string, ActivationCache>;

  /** @param maxBytes of tensors held, 0 for no cache at all */
  constructor(maxBytes: number) {
    this.#caches = new LRUCache<string, ActivationCache>({
      maxSize: Math.max(1, maxBytes),
      maxEntrySize: Math.max(1, maxBytes),
      sizeCalculation: (cache) => Math.max(1, cache.bytes),
      dispose: (cache) => cache.release(),
    });
  }

  get bytes(): number {
    return this.#caches.calculatedSize;
  }

  /**
   * The activation cache that shares most leading tokens and holds all the hooks, retained for the caller, who
   * must release it.
   */
  find(tokens: Int32Array, kept: ReadonlySet<string>): SharedPrefix | undefined {
    let best: { key: string; cache: ActivationCache; length: number } | undefined;
    for (const [key, cache] of this.#caches.entries()) {
      const length = sharedLength(cache.tokens, tokens);
      if (length > (best?.length ?? 0) && holdsHooks(cache, kept)) best = { key, cache, length };
    }
    if (!best) return undefined;
    this.#caches.get(best.key);
    return { cache: best.cache.retain(), length: best.length };
  }

  /** Takes a finished activation cache in, in place of one for the same tokens. */
  add(cache: ActivationCache): void {
    const key = cache.tokens.join();
    if (this.#caches.peek(key) === cache) return;
    this.#caches.set(key, cache.retain());
    // One past the bound is not stored, and lru-cache calls no dispose for it.
    if (this.#caches.peek(key) !== cache) cache.release();
  }

  clear(): void {
    this.#caches.clear();
  }
}

function sharedLength(a: Int32Array, b: Int32Array): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}

function holdsHooks(cache: ActivationCache, kept: ReadonlySet<string>): boolean {
  for (const name of kept) if (!cache.findHook(name)) return false;
  return true;
}
