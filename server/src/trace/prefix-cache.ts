import { LRUCache } from 'lru-cache';
import type { SharedPrefix, Trace } from './trace.ts';

/**
 * Traces of recent prompts, least recently used out, bounded in bytes. A prompt that begins as one of
 * them does takes over everything up to the first difference.
 */
export class PrefixCache {
  readonly #traces: LRUCache<string, Trace>;

  /** @param maxBytes of tensors held, 0 for no cache at all */
  constructor(maxBytes: number) {
    this.#traces = new LRUCache<string, Trace>({
      maxSize: Math.max(1, maxBytes),
      maxEntrySize: Math.max(1, maxBytes),
      sizeCalculation: (trace) => Math.max(1, trace.bytes),
      dispose: (trace) => trace.release(),
    });
  }

  get bytes(): number {
    return this.#traces.calculatedSize;
  }

  /**
   * The trace that shares most leading tokens and holds all the hooks, retained for the caller, who
   * must release it.
   */
  find(tokens: Int32Array, kept: ReadonlySet<string>): SharedPrefix | undefined {
    let best: { key: string; trace: Trace; length: number } | undefined;
    for (const [key, trace] of this.#traces.entries()) {
      const length = sharedLength(trace.tokens, tokens);
      if (length > (best?.length ?? 0) && holdsHooks(trace, kept)) best = { key, trace, length };
    }
    if (!best) return undefined;
    this.#traces.get(best.key);
    return { trace: best.trace.retain(), length: best.length };
  }

  /** Takes a finished trace in, in place of one for the same tokens. */
  add(trace: Trace): void {
    const key = trace.tokens.join();
    if (this.#traces.peek(key) === trace) return;
    this.#traces.set(key, trace.retain());
    // A trace past the bound is not stored, and lru-cache calls no dispose for it.
    if (this.#traces.peek(key) !== trace) trace.release();
  }

  clear(): void {
    this.#traces.clear();
  }
}

function sharedLength(a: Int32Array, b: Int32Array): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}

function holdsHooks(trace: Trace, kept: ReadonlySet<string>): boolean {
  for (const name of kept) if (!trace.findHook(name)) return false;
  return true;
}
