import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { timed } from '../debug-log.ts';
import { outputHooks } from '../dictionaries/cross-layer.ts';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import type { Encoding } from '../dictionaries/encoding.ts';
import { rowsFrom } from '../tensor/growing-rows.ts';
import { type SparseRows, sliceRows } from '../tensor/sparse-rows.ts';
import type { ActivationCache } from './activation-cache.ts';
import { encodedPositions, encodeSource } from './encode-source.ts';

/** What sources of a set have written to one output hook so far. */
interface Written {
  /** First position that it is kept for. */
  from: number;
  /** `[position − from, d_out]` */
  sum: tf.Tensor2D;
}

/**
 * Encodes the sources of a run, layer by layer. In a cross-layer transcoder a source writes to later
 * layers, and the reconstruction at a layer is the sum of what all sources up to it write there. So
 * each source's writes are added up as soon as it is encoded: its weights are needed once, and need not
 * stay in memory for the layers to come.
 */
export class SourceEncoder {
  readonly #cache: ActivationCache;
  readonly #sources: readonly SourceInfo[];
  readonly #dictionary: (source: SourceInfo) => Dictionary;
  /** By set: the first position at which something is left to encode. */
  readonly #from = new Map<string, number>();
  /** By set and output hook. */
  readonly #written = new Map<string, Written>();
  readonly #finished = new Set<string>();

  /**
   * @param sources all that will be encoded; for a source of a cross-layer transcoder also those of
   * the earlier layers, see `withEarlierSources`
   */
  constructor(
    cache: ActivationCache,
    sources: readonly SourceInfo[],
    dictionary: (source: SourceInfo) => Dictionary,
  ) {
    this.#cache = cache;
    this.#sources = sources;
    this.#dictionary = dictionary;
    for (const { id, set, crossLayer } of sources) {
      if (!crossLayer) continue;
      const from = Math.min(this.#from.get(set) ?? cache.length, encodedPositions(cache, id));
      this.#from.set(set, from);
    }
  }

  /** Encodes one of the sources; those of earlier layers that it depends on must have been before. */
  encode(source: SourceInfo): Encoding {
    const known = this.#cache.encodings.get(source.id);
    if (known && this.#finished.has(source.id)) return known;
    const dictionary = this.#dictionary(source);
    const encoding = timed(
      'source encoded',
      ({ rows }: Encoding) => ({ source: source.id, active: rows.columns.length }),
      () =>
        encodeSource(this.#cache, source.id, dictionary, (position) =>
          this.#writtenTo(source, position),
        ),
    );
    this.#addWrites(source, dictionary, encoding.rows);
    this.#finished.add(source.id);
    return encoding;
  }

  /** Frees what the layers to come would have needed. */
  dispose(): void {
    for (const { sum } of this.#written.values()) sum.dispose();
    this.#written.clear();
  }

  #writtenTo({ set, outputHook }: SourceInfo, position: number): tf.Tensor2D | undefined {
    const written = this.#written.get(key(set, outputHook));
    return written && rowsFrom(written.sum, position - written.from);
  }

  #addWrites(source: SourceInfo, dictionary: Dictionary, rows: SparseRows): void {
    const from = this.#from.get(source.set);
    if (from === undefined || from === this.#cache.length) return;
    const fresh = sliceRows(rows, from, this.#cache.length);
    for (const hook of outputHooks(source).slice(1)) {
      const isAwaited = this.#sources.some(
        ({ set, outputHook }) => set === source.set && outputHook === hook,
      );
      if (!isAwaited) continue;
      const before = this.#written.get(key(source.set, hook));
      const sum = tf.tidy(() => {
        const own = dictionary.write(fresh, hook);
        return before ? tf.add<tf.Tensor2D>(before.sum, own) : own;
      });
      before?.sum.dispose();
      this.#written.set(key(source.set, hook), { from, sum });
    }
  }
}

function key(set: string, hook: string): string {
  return `${set} ${hook}`;
}
