import type * as tf from '@tensorflow/tfjs-core';

/** A tensor that must have two axes, such as a value at a hook, which may be a pattern too. */
export function rank2(x: tf.Tensor): tf.Tensor2D {
  if (isMatrix(x)) return x;
  throw wrongRank(x, 2);
}

/** A tensor that must have three axes, such as an attention pattern. */
export function rank3(x: tf.Tensor): tf.Tensor3D {
  if (isStack(x)) return x;
  throw wrongRank(x, 3);
}

function isMatrix(x: tf.Tensor): x is tf.Tensor2D {
  return x.rank === 2;
}

function isStack(x: tf.Tensor): x is tf.Tensor3D {
  return x.rank === 3;
}

function wrongRank({ shape }: tf.Tensor, rank: number): Error {
  return new Error(
    `a tensor of shape [${shape.join(', ')}] stands where one of ${rank} axes should`,
  );
}
