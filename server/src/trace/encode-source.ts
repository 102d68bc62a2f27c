import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import { type Encoding, joinEncodings } from '../dictionaries/encoding.ts';
import { rowsFrom } from '../tensor/growing-rows.ts';
import type { Trace } from './trace.ts';

/**
 * Encodes a source over all positions of a trace, and keeps the result there. Positions that the trace
 * has taken over from a shared prefix are not encoded again: the encoding of a prefix is the prefix of
 * the encoding.
 *
 * @param earlier gives what other sources write to the same hook, at the positions from the given one
 * on; for the sources of a cross-layer transcoder, see `SourceEncoder`
 */
export function encodeSource(
  trace: Trace,
  source: string,
  dictionary: Dictionary,
  earlier?: (from: number) => tf.Tensor2D | undefined,
): Encoding {
  const known = trace.encodings.get(source);
  const done = encodedPositions(trace, source);
  if (known && done === trace.length) return known;
  const [input, target] = tf.tidy<[tf.Tensor2D, tf.Tensor2D]>(() => [
    rowsFrom(trace.hook(dictionary.config.hook), done),
    rowsFrom(trace.hook(dictionary.config.outputHook), done),
  ]);
  const others = earlier?.(done);
  const fresh = dictionary.encode(input, target, others);
  tf.dispose([input, target]);
  others?.dispose();
  const encoding = known ? joinEncodings(known, fresh) : fresh;
  trace.encodings.set(source, encoding);
  return encoding;
}

/** How many positions of a trace a source has been encoded over. */
export function encodedPositions(trace: Trace, source: string): number {
  return trace.encodings.get(source)?.squaredNorm.length ?? 0;
}
