import { LoupeError } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingMatrix, Kernels } from '../tensor/kernels.ts';
import { Block, type BlockResult } from './block.ts';
import type { ModelConfig } from './config.ts';
import { FIRST_HOOKS, type HookEdits, type Hooking, hooking, type ModelHook } from './hooks.ts';
import type { KeysValues } from './keys-values.ts';
import { centre, type HookScale, LayerNormWeights, normalize } from './layer-norm.ts';
import type { WeightReader } from './weight-reader.ts';

/** Rows of the unembedding that are summed up in one piece: 1,024 of 768 are 3 MB. */
const ROWS_AVERAGED_AT_ONCE = 1024;

/** What a stretch of the forward pass outside the blocks gives; its tensors belong to the caller. */
export interface StretchResult {
  /** `[row, d_model]` */
  rows: tf.Tensor2D;
  /** Values at the hooks that were wanted, by name. */
  hooks: Map<string, tf.Tensor>;
}

/**
 * GPT-2 on raw Hugging Face weights: token and position embedding, blocks, final LayerNorm and
 * unembedding (Radford et al., 2019). Tensors it returns belong to the caller.
 */
export class Gpt2 {
  readonly config: ModelConfig;
  readonly blocks: readonly Block[];
  readonly finalNorm: LayerNormWeights;
  readonly #tokens: EmbeddingMatrix;
  readonly #positions: EmbeddingMatrix;
  readonly #head: EmbeddingMatrix | undefined;
  /** `[1, vocabulary]`, where the unembedding has one. */
  readonly #headBias: tf.Tensor2D | undefined;
  #meanLogitGradient: tf.Tensor2D | undefined;

  private constructor(config: ModelConfig, reader: WeightReader, kernels: Kernels) {
    const { vocabulary, context, dModel, layers } = config;
    this.config = config;
    this.#tokens = kernels.rowMatrix(reader.read('wte.weight'), vocabulary, dModel);
    this.#positions = kernels.rowMatrix(reader.read('wpe.weight'), context, dModel);
    this.blocks = Array.from({ length: layers }, (_, l) => new Block(config, l, reader, kernels));
    this.finalNorm = new LayerNormWeights(reader.read('ln_f.weight'), reader.read('ln_f.bias'));
    this.#head = reader.has('lm_head.weight')
      ? kernels.rowMatrix(reader.read('lm_head.weight'), vocabulary, dModel)
      : undefined;
    this.#headBias = reader.has('lm_head.bias')
      ? tf.tensor2d(reader.read('lm_head.bias'), [1, vocabulary])
      : undefined;
  }

  /** Reads the weights and hands them to the backend. */
  static load(config: ModelConfig, reader: WeightReader, kernels: Kernels): Gpt2 {
    return new Gpt2(config, reader, kernels);
  }

  /** Token plus position embedding of tokens that begin at position `start`, `[token, d_model]`. */
  embed(tokens: Int32Array, start: number): tf.Tensor2D {
    const positions = Int32Array.from(tokens, (_, i) => start + i);
    return tf.tidy(() => tf.add(this.#tokens.gather(tokens), this.#positions.gather(positions)));
  }

  /**
   * As `embed`, with hooks: what the first block gets.
   *
   * @param wanted names of the hooks to keep
   * @param edits replacements of values at hooks, those of embeddings among them
   */
  start(
    tokens: Int32Array,
    start: number,
    wanted: ReadonlySet<string>,
    edits?: HookEdits,
  ): StretchResult {
    const isWatched = (name: string) => wanted.has(name) || (edits?.has(name) ?? false);
    if (!FIRST_HOOKS.some(isWatched)) return { rows: this.embed(tokens, start), hooks: new Map() };
    const positions = Int32Array.from(tokens, (_, i) => start + i);
    return stretch(wanted, edits, (hook) => {
      const ofTokens = hook('hook_embed', this.#tokens.gather(tokens));
      return tf.add(ofTokens, hook('hook_pos_embed', this.#positions.gather(positions)));
    });
  }

  /**
   * The final LayerNorm over residual rows, weight and bias applied, with hooks: what `unembed` takes.
   *
   * @param wanted names of the hooks to keep
   * @param edits replacements of values at hooks, those of the final LayerNorm among them
   */
  finish(residual: tf.Tensor2D, wanted: ReadonlySet<string>, edits?: HookEdits): StretchResult {
    return stretch(wanted, edits, (hook) => {
      const { normalized } = normalize(residual, this.config.epsilon, (scale) =>
        hook('ln_final.hook_scale', scale),
      );
      const out = this.finalNorm.apply(hook('ln_final.hook_normalized', normalized));
      return hook('ln_final.hook_out', out);
    });
  }

  /** Logits of rows that the final LayerNorm has been through, `[row, vocabulary]`. */
  unembed(rows: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const logits = this.#unembedding.project(rows);
      return this.#headBias ? tf.add(logits, this.#headBias) : logits;
    });
  }

  /** Token embeddings, `[token, d_model]`. */
  embedTokens(tokens: Int32Array): tf.Tensor2D {
    return this.#tokens.gather(tokens);
  }

  /** Embeddings of the first positions, `[position, d_model]`. */
  embedPositions(positions: number): tf.Tensor2D {
    return this.#positions.gather(Int32Array.from({ length: positions }, (_, p) => p));
  }

  /**
   * The block of a layer. A source's number need not be that of a block: `12-res-jb` stands for the stream
   * after the last layer, 11. So ask by the layer of a hook.
   *
   * @throws LoupeError `LOUPE_BAD_REQUEST` for a layer that the model does not have
   */
  blockOf(layer: number): Block {
    const block = this.blocks[layer];
    if (block) return block;
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `There is no layer ${layer}: the model has the layers 0 to ${this.blocks.length - 1}.`,
    );
  }

  /** One block over the rows of `x`, which follow the positions that `past` holds. */
  block(
    layer: number,
    x: tf.Tensor2D,
    mask: tf.Tensor2D,
    past: KeysValues | undefined,
    wanted: ReadonlySet<string>,
    edits?: HookEdits,
  ): BlockResult {
    return this.blockOf(layer).forward(x, mask, past, wanted, edits);
  }

  /**
   * Final LayerNorm and unembedding of residual rows: logits `[row, vocabulary]`.
   *
   * @param hookScale sees the LayerNorm's scale, and may replace it
   */
  logits(residual: tf.Tensor2D, hookScale?: HookScale): tf.Tensor2D {
    return tf.tidy(() => {
      const { normalized } = normalize(residual, this.config.epsilon, hookScale);
      return this.unembed(this.finalNorm.apply(normalized));
    });
  }

  /**
   * What vectors written to the residual stream add to the logits, but for the final LayerNorm's
   * scale: centred, weighted, unembedded, and the mean over the vocabulary taken off,
   * `[row, vocabulary]`.
   */
  directLogitEffects(writes: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => this.finalLogitEffects(tf.mul(centre(writes), this.finalNorm.weight)));
  }

  /**
   * What vectors added to what the final LayerNorm gives add to the logits, the mean over the vocabulary
   * taken off, `[row, vocabulary]`.
   */
  finalLogitEffects(added: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const logits = this.unembed(added);
      return tf.sub(logits, tf.mean(logits, 1, true));
    });
  }

  /**
   * Gradients of the logits of tokens by the last residual stream, but for `1/scale` of the final LayerNorm:
   * `C(w ∘ W_U[:, token])` with `w` its weight and `C` taking the mean off, `[token, d_model]`.
   */
  logitGradients(tokens: Int32Array): tf.Tensor2D {
    return tf.tidy(() => centre(tf.mul(this.#unembedding.gather(tokens), this.finalNorm.weight)));
  }

  /**
   * Gradient of the mean of all logits, as `logitGradients` has those of single ones, `[1, d_model]`. The
   * tensor stays the model's.
   */
  meanLogitGradient(): tf.Tensor2D {
    this.#meanLogitGradient ??= tf.keep(
      tf.tidy(() => {
        const { rows } = this.#unembedding;
        const pieces = Math.ceil(rows / ROWS_AVERAGED_AT_ONCE);
        const sums = this.#unembedding.multiply({
          width: rows,
          offsets: Int32Array.from({ length: pieces + 1 }, (_, i) =>
            Math.min(i * ROWS_AVERAGED_AT_ONCE, rows),
          ),
          columns: Int32Array.from({ length: rows }, (_, id) => id),
          values: new Float32Array(rows).fill(1 / rows),
        });
        const mean = tf.sum(sums, 0, true);
        return centre(tf.mul<tf.Tensor2D>(mean, this.finalNorm.weight));
      }),
    );
    return this.#meanLogitGradient;
  }

  /** Logits where the final LayerNorm's normalised input is zero: its bias, unembedded, `[vocabulary]`. */
  logitBias(): Float32Array {
    const row = tf.tidy(() =>
      this.unembed(tf.reshape(this.finalNorm.bias, [1, this.config.dModel])),
    );
    const values = row.dataSync<'float32'>();
    row.dispose();
    return values;
  }

  /** Head outputs `[row, head · d_head]` of a layer as what they write, W_O applied, `[row, d_model]`. */
  writeHeads(layer: number, z: tf.Tensor2D): tf.Tensor2D {
    return this.blockOf(layer).writeHeads(z);
  }

  /** What z of a layer holds whatever its heads attend to, `[1, head · d_head]`: see `Block.valueBias`. */
  valueBias(layer: number): tf.Tensor2D {
    return this.blockOf(layer).valueBias();
  }

  dispose(): void {
    for (const block of this.blocks) block.dispose();
    for (const matrix of [this.#tokens, this.#positions, this.#head]) matrix?.dispose();
    this.finalNorm.dispose();
    this.#meanLogitGradient?.dispose();
    this.#headBias?.dispose();
  }

  get #unembedding(): EmbeddingMatrix {
    return this.#head ?? this.#tokens;
  }
}

/** Runs a stretch of the forward pass outside the blocks with its hooks. */
function stretch(
  wanted: ReadonlySet<string>,
  edits: HookEdits | undefined,
  run: (hook: Hooking<ModelHook>) => tf.Tensor2D,
): StretchResult {
  const hooks = new Map<string, tf.Tensor>();
  const hook = hooking<ModelHook>(
    (name) => name,
    wanted,
    edits,
    (name, value) => hooks.set(name, tf.keep(tf.clone(value))),
  );
  // Cloned, because an edit may have given a tensor that is not the caller's to dispose of.
  const rows = tf.tidy(() => tf.clone(run(hook)));
  return { rows, hooks };
}
