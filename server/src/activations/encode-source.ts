import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import { type Encoding, joinEncodings } from '../dictionaries/encoding.ts';
import { rowsFrom } from '../tensor/growing-rows.ts';
import type { ActivationCache } from './activation-cache.ts';

/**
 * Encodes a source over all positions of a cache, and keeps the result there. Positions that the cache
 * has taken over from a shared prefix are not encoded again: the encoding of a prefix is the prefix of
 * the encoding.
 *
 * @param earlier gives what other sources write to the same hook, at the positions from the given one
 * on; for the sources of a cross-layer transcoder, see `SourceEncoder`
 */
export function encodeSource(
  cache: ActivationCache,
  source: string,
  dictionary: Dictionary,
  earlier?: (from: number) => tf.Tensor2D | undefined,
): Encoding {
  const known = cache.encodings.get(source);
  const done = encodedPositions(cache, source);
  if (known && done === cache.length) return known;
  const [input, target] = tf.tidy<[tf.Tensor2D, tf.Tensor2D]>(() => [
    rowsFrom(cache.hook(dictionary.config.hook), done),
    rowsFrom(cache.hook(dictionary.config.outputHook), done),
  ]);
  const others = earlier?.(done);
  const fresh = dictionary.encode(input, target, others);
  tf.dispose([input, target]);
  others?.dispose();
  const encoding = known ? joinEncodings(known, fresh) : fresh;
  cache.encodings.set(source, encoding);
  return encoding;
}

/** How many positions of a cache a source has been encoded over. */
export function encodedPositions(cache: ActivationCache, source: string): number {
  return cache.encodings.get(source)?.squaredNorm.length ?? 0;
}
