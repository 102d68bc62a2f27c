import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import { type Encoding, joinEncodings } from '../dictionaries/encoding.ts';
import type { Trace } from './trace.ts';

/**
 * Encodes a source over all positions of a trace, and keeps the result there. Positions that the trace
 * has taken over from a shared prefix are not encoded again: the encoding of a prefix is the prefix of
 * the encoding.
 */
export function encodeSource(trace: Trace, source: string, dictionary: Dictionary): Encoding {
  const known = trace.encodings.get(source);
  const done = known ? known.squaredNorm.length : 0;
  if (known && done === trace.length) return known;
  const [input, target] = tf.tidy<[tf.Tensor2D, tf.Tensor2D]>(() => [
    rowsFrom(trace.hook(dictionary.config.hook), done),
    rowsFrom(trace.hook(dictionary.config.outputHook), done),
  ]);
  const fresh = dictionary.encode(input, target);
  tf.dispose([input, target]);
  const encoding = known ? joinEncodings(known, fresh) : fresh;
  trace.encodings.set(source, encoding);
  return encoding;
}

function rowsFrom(x: tf.Tensor2D, from: number): tf.Tensor2D {
  if (from === 0) return tf.clone(x);
  return tf.slice2d(x, [from, 0], [x.shape[0] - from, x.shape[1]]);
}
