import * as tf from '@tensorflow/tfjs-core';
import { byHead } from '../tensor/attention-kernels.ts';
import type { Kernels, Linear } from '../tensor/kernels.ts';
import { addRows } from '../tensor/row-kernels.ts';
import { ACTIVATION_FUNCTIONS } from './activation-functions.ts';
import { attend } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { type BlockHook, type HookEdits, type Hooking, hooking, hookName } from './hooks.ts';
import type { KeysValues } from './keys-values.ts';
import { centre, LayerNormWeights, normalize } from './layer-norm.ts';
import type { WeightReader } from './weight-reader.ts';

/** What a block leaves behind; its tensors belong to the caller. */
export interface BlockResult extends KeysValues {
  /** `[new position, d_model]` */
  residual: tf.Tensor2D;
  /** Values at the hooks that were wanted, by full name, for the new positions. */
  hooks: Map<string, tf.Tensor>;
}

/** What attention makes of its normalised input, in the order in which GPT-2's weights hold them. */
const PROJECTIONS = ['query', 'key', 'value'] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** The hooks of queries, keys and values, in the same order. */
const PROJECTION_HOOKS = ['attn.hook_q', 'attn.hook_k', 'attn.hook_v'] as const;

/** One transformer block: LayerNorm, attention, LayerNorm, MLP, each added to the residual stream. */
export class Block {
  /** Attention heads of this block; pruning leaves blocks with different numbers of them. */
  readonly heads: number;
  /** Units of this block's MLP. */
  readonly hiddenUnits: number;
  readonly #config: ModelConfig;
  readonly #layer: number;
  readonly #norm1: LayerNormWeights;
  readonly #queryKeyValue: Linear;
  readonly #attentionOut: Linear;
  readonly #norm2: LayerNormWeights;
  readonly #mlpIn: Linear;
  readonly #mlpOut: Linear;

  constructor(config: ModelConfig, layer: number, reader: WeightReader, kernels: Kernels) {
    const { dModel, dHead } = config;
    const read = (name: string) => reader.read(`h.${layer}.${name}`);
    const norm = (name: string) =>
      new LayerNormWeights(read(`${name}.weight`), read(`${name}.bias`));
    const linear = (name: string, inputs: number) => {
      const bias = read(`${name}.bias`);
      return kernels.linear(read(`${name}.weight`), inputs, bias.length, bias);
    };
    this.#config = config;
    this.#layer = layer;
    this.#norm1 = norm('ln_1');
    this.#queryKeyValue = linear('attn.c_attn', dModel);
    this.heads = this.#queryKeyValue.outputs / (3 * dHead);
    this.#attentionOut = linear('attn.c_proj', this.heads * dHead);
    this.#norm2 = norm('ln_2');
    this.#mlpIn = linear('mlp.c_fc', dModel);
    this.hiddenUnits = this.#mlpIn.outputs;
    this.#mlpOut = linear('mlp.c_proj', this.hiddenUnits);
  }

  /**
   * Runs the block over rows that follow the positions of `past`, and keeps the hooks wanted (full
   * names, see `hookName`), as they are after edits.
   *
   * @param edits replacements of values at hooks, this block's among them
   */
  forward(
    x: tf.Tensor2D,
    mask: tf.Tensor2D,
    past: KeysValues | undefined,
    wanted: ReadonlySet<string>,
    edits?: HookEdits,
  ): BlockResult {
    const { epsilon, activationFunction } = this.#config;
    const activate = ACTIVATION_FUNCTIONS[activationFunction];
    const hooks = new Map<string, tf.Tensor>();
    const hook = hooking<BlockHook>(
      (name) => hookName(this.#layer, name),
      wanted,
      edits,
      (name, value) => hooks.set(name, tf.keep(tf.clone(value))),
    );
    const isWatched = (name: BlockHook): boolean => {
      const full = hookName(this.#layer, name);
      return wanted.has(full) || (edits?.has(full) ?? false);
    };
    const result = tf.tidy(() => {
      const before = hook('hook_resid_pre', x);
      const first = normalize(before, epsilon, (scale) => hook('ln1.hook_scale', scale));
      const firstOut = this.#norm1.apply(hook('ln1.hook_normalized', first.normalized));
      const projected = this.#queryKeyValue.apply(hook('ln1.hook_out', firstOut));
      const attention = attend(
        PROJECTION_HOOKS.some(isWatched) ? hookProjections(projected, hook) : projected,
        this.heads,
        this.scoreScale,
        mask,
        past,
        {
          scores: isWatched('attn.hook_attn_scores')
            ? (scores) => hook('attn.hook_attn_scores', scores)
            : undefined,
          pattern: (pattern) => hook('attn.hook_pattern', pattern),
        },
      );
      const z = hook('attn.hook_z', attention.z);
      const attentionOut = isWatched('attn.hook_result')
        ? this.#hookResults(z, hook)
        : this.#attentionOut.apply(z);
      const middle = hook('hook_resid_mid', addRows(before, hook('hook_attn_out', attentionOut)));
      const second = normalize(middle, epsilon, (scale) => hook('ln2.hook_scale', scale));
      const secondOut = this.#norm2.apply(hook('ln2.hook_normalized', second.normalized));
      const hidden = hook('mlp.hook_pre', this.#mlpIn.apply(hook('ln2.hook_out', secondOut)));
      const mlpOut = this.#mlpOut.apply(hook('mlp.hook_post', activate(hidden)));
      const residual = hook('hook_resid_post', addRows(middle, hook('hook_mlp_out', mlpOut)));
      // Cloned, because an edit may have given a tensor that is not the caller's to dispose of.
      return { residual: tf.clone(residual), keys: attention.keys, values: attention.values };
    });
    return { ...result, hooks };
  }

  /** What attention writes, `[row, d_model]`, with what each head gives of it seen by its hook. */
  #hookResults(z: tf.Tensor2D, hook: Hooking<BlockHook>): tf.Tensor2D {
    const computed = this.#headResults(z);
    const result = hook('attn.hook_result', computed);
    if (result === computed) return this.#attentionOut.apply(z);
    return tf.add(tf.sum<tf.Tensor2D>(result, 1), this.attentionBias());
  }

  /** What each head writes to the residual stream, b_O left out, `[row, head, d_model]`. */
  #headResults(z: tf.Tensor2D): tf.Tensor3D {
    const outputs = Int32Array.from({ length: this.#attentionOut.outputs }, (_, c) => c);
    const matrices = byHead(this.#attentionOut.columns(outputs), this.heads);
    const results = tf.matMul<tf.Tensor3D>(byHead(z, this.heads), matrices, false, true);
    return tf.transpose(results, [1, 0, 2]);
  }

  /** Rows of head outputs `[row, head · d_head]` through the output matrix, bias left out. */
  writeHeads(z: tf.Tensor2D): tf.Tensor2D {
    return this.#attentionOut.project(z);
  }

  /** Rows of hidden MLP units `[row, d_mlp]` through the output matrix, bias left out, `[row, d_model]`. */
  writeHidden(hidden: tf.Tensor2D): tf.Tensor2D {
    return this.#mlpOut.project(hidden);
  }

  /** Gradients by what heads write, `[row, d_model]`, as those by z: `g W_Oᵀ`, `[row, head · d_head]`. */
  backwardToZ(gradients: tf.Tensor2D): tf.Tensor2D {
    return this.#attentionOut.vjp(gradients);
  }

  /**
   * What values are where the normalised input is zero, biases of LayerNorm and values together:
   * `b_V + b_ln1 W_V`, `[1, head · d_head]`. As rows of a pattern sum to 1, z holds it once, and in
   * models that TransformerLens has processed not at all: there the output's bias has it.
   */
  valueBias(): tf.Tensor2D {
    return this.projectionBias('value');
  }

  /**
   * Queries, keys or values where the normalised input is zero, `b + b_ln1 W`, `[1, head · d_head]`: the bias
   * once LayerNorm is folded in.
   */
  projectionBias(projection: Projection): tf.Tensor2D {
    return tf.tidy(() => {
      const { bias } = this.#norm1;
      const all = this.#queryKeyValue.apply(tf.reshape(bias, [1, bias.size]));
      const width = all.shape[1] / 3;
      return tf.slice2d(all, [0, PROJECTIONS.indexOf(projection) * width], [1, width]);
    });
  }

  /** What attention adds to the residual stream where z is zero, b_O, `[1, d_model]`. */
  attentionBias(): tf.Tensor2D {
    const zero = tf.zeros<tf.Rank.R2>([1, this.#attentionOut.inputs]);
    const bias = this.#attentionOut.apply(zero);
    zero.dispose();
    return bias;
  }

  /**
   * What attention adds to the residual stream whatever it attends to, `b_O + (b_V + b_ln1 W_V) W_O`,
   * `[1, d_model]`: b_O once value biases are folded into it.
   */
  foldedAttentionBias(): tf.Tensor2D {
    return tf.tidy(() => tf.add(this.writeHeads(this.valueBias()), this.attentionBias()));
  }

  /**
   * Gradients of each component of the queries, keys or values by the residual stream before the block, but
   * for `1/scale` of the first LayerNorm: `C(w₁ ∘ W[:, c])` of each column of W_Q, W_K or W_V, with `w₁`
   * LayerNorm's weight and `C` taking the mean off, `[head · d_head, d_model]`.
   */
  projectionGradients(projection: Projection): tf.Tensor2D {
    const width = this.#queryKeyValue.outputs / 3;
    const first = PROJECTIONS.indexOf(projection) * width;
    return tf.tidy(() => {
      const columns = Int32Array.from({ length: width }, (_, c) => first + c);
      return centre(tf.mul(this.#queryKeyValue.columns(columns), this.#norm1.weight));
    });
  }

  dispose(): void {
    for (const part of [
      this.#norm1,
      this.#queryKeyValue,
      this.#attentionOut,
      this.#norm2,
      this.#mlpIn,
      this.#mlpOut,
    ]) {
      part.dispose();
    }
  }

  /** What products of queries and keys are multiplied with, usually 1/√d_head. */
  get scoreScale(): number {
    const { scaleAttention, scaleByInverseLayer, dHead } = this.#config;
    const scale = scaleAttention ? 1 / Math.sqrt(dHead) : 1;
    return scaleByInverseLayer ? scale / (this.#layer + 1) : scale;
  }
}

/** Queries, keys and values `[row, 3 · head · d_head]` as they are after their hooks. */
function hookProjections(projected: tf.Tensor2D, hook: Hooking<BlockHook>): tf.Tensor2D {
  const parts = tf.split(projected, PROJECTION_HOOKS.length, 1);
  return tf.concat2d(
    parts.map((part, i) => hook(PROJECTION_HOOKS[i] as BlockHook, part as tf.Tensor2D)),
    1,
  );
}
