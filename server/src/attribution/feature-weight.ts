import { type FeatureWeight, LoupeError, type SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { outputHooks } from '../dictionaries/cross-layer.ts';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import type { Block } from '../model/block.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { blockLayer, hookName, parseHook } from '../model/hooks.ts';
import { scalarOf } from '../tensor/values-of.ts';
import { encoderGradients, readsLayerNorm } from './encoder-gradients.ts';
import { attentionStage, mlpStage } from './graph/output-vectors.ts';

/** A feature of a source that can be in an attribution graph. */
export interface WeightEnd {
  source: SourceInfo;
  index: number;
}

/**
 * What one feature's writing gives another's reading in every prompt (Dunefsky et al., 2024): the product
 * of decoder and encoder, LayerNorm's weights and centring included, its scale left out; and through each
 * head between them the same by way of `W_V W_O`, the pattern left out too. A prompt multiplies the direct
 * one with the activation over the scale of the LayerNorm that `to` reads through, if it reads through one;
 * one through a head with the attention paid as well, and over the scale before the head.
 *
 * @param dictionary asked for one after the other, never both at once
 * @throws LoupeError `LOUPE_BAD_REQUEST` if `from` does not write before `to` reads
 */
export function featureWeight(
  model: Gpt2,
  from: WeightEnd,
  to: WeightEnd,
  dictionary: (source: SourceInfo) => Dictionary,
): Pick<FeatureWeight, 'direct' | 'scale' | 'normalizes' | 'heads'> {
  const goal = stageOf(to.source);
  if (stageOf(from.source) >= goal) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `${to.source.id} reads nothing that ${from.source.id} writes, which is no earlier in the model.`,
    );
  }
  const writes = writtenRows(model, from, dictionary(from.source));
  const gradient = encoderGradient(model, to, dictionary(to.source));
  const isOnZ = to.source.kind === 'attention';
  const through = {
    scale: scaleHook(to.source),
    normalizes: [from, to]
      .filter((end) => dictionary(end.source).config.normalization.kind === 'layer-norm')
      .map(({ source }) => source.id),
  };
  try {
    const last = blockLayer(to.source.hook);
    const first = to.source.kind === 'attention' ? last : blockLayer(from.source.outputHook) + 1;
    const heads: FeatureWeight['heads'] = [];
    for (let layer = first; layer <= last; layer++) {
      const block = model.blockOf(layer);
      const weights = tf.tidy(() => {
        const onZ = isOnZ ? gradient : block.backwardToZ(gradient);
        return throughHeads(block, writtenBefore(writes, attentionStage(layer)), onZ);
      });
      const values = weights.dataSync<'float32'>();
      weights.dispose();
      heads.push(...Array.from(values, (weight, head) => ({ layer, head, weight })));
    }
    if (isOnZ) return { direct: null, ...through, heads };
    const direct = tf.tidy(() => scalarOf(tf.sum(tf.mul(writtenBefore(writes, goal), gradient))));
    return { direct, ...through, heads };
  } finally {
    tf.dispose([gradient, ...writes.map(({ row }) => row)]);
  }
}

function stageOf({ kind, hook }: SourceInfo, layer = blockLayer(hook)): number {
  return kind === 'attention' ? attentionStage(layer) : mlpStage(layer);
}

/** What is written to the residual stream at a stage, `[1, d_model]`. */
interface Write {
  stage: number;
  row: tf.Tensor2D;
}

function writtenRows(model: Gpt2, { source, index }: WeightEnd, dictionary: Dictionary): Write[] {
  const feature = Int32Array.of(index);
  return outputHooks(source).map((hook) => {
    const layer = blockLayer(hook);
    const row = tf.tidy(() => {
      const decoder = tf.div<tf.Tensor2D>(
        dictionary.decoderRows(feature, hook),
        normFactor(dictionary),
      );
      return parseHook(hook)?.hook === 'attn.hook_z' ? model.writeHeads(layer, decoder) : decoder;
    });
    return { stage: stageOf(source, layer), row };
  });
}

function writtenBefore(writes: readonly Write[], stage: number): tf.Tensor2D {
  return writes
    .filter((write) => write.stage < stage)
    .map(({ row }) => row)
    .reduce((sum, row) => tf.add(sum, row));
}

/** The gradient of a feature's pre-activation, but for what belongs to the prompt, `[1, width]`. */
function encoderGradient(model: Gpt2, { index }: WeightEnd, dictionary: Dictionary): tf.Tensor2D {
  return tf.tidy(() =>
    tf.mul(encoderGradients(model, dictionary, Int32Array.of(index)), normFactor(dictionary)),
  );
}

/** The scale of the LayerNorm that a source reads through; null where it reads through none. */
function scaleHook({ hook }: SourceInfo): string | null {
  return readsLayerNorm(hook) ? hookName(blockLayer(hook), 'ln2.hook_scale') : null;
}

/** What a dictionary multiplies every input with; where that depends on the input it belongs to the prompt. */
function normFactor({ config: { normalization } }: Dictionary): number {
  return normalization.kind === 'factor' ? normalization.factor : 1;
}

/** `d W_V^h · u_h` for each head, LayerNorm's weight and centring before it, `[head]`. */
function throughHeads(block: Block, d: tf.Tensor2D, onZ: tf.Tensor2D): tf.Tensor1D {
  const values = tf.matMul(d, block.projectionGradients('value'), false, true);
  return tf.sum(tf.reshape(tf.mul(values, onZ), [block.heads, -1]), 1);
}
