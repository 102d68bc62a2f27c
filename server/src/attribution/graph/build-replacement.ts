import type { GraphMode, SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { ActivationCache } from '../../activations/activation-cache.ts';
import { outputHooks } from '../../dictionaries/cross-layer.ts';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import type { FrozenNorm } from '../../dictionaries/normalization.ts';
import type { Block } from '../../model/block.ts';
import type { Gpt2 } from '../../model/gpt2.ts';
import { type BlockHook, blockLayer, hookName, parseHook } from '../../model/hooks.ts';
import { centre } from '../../model/layer-norm.ts';
import { ActiveFeatures, heldVectors, pickedVectors } from '../active-features.ts';
import { encoderGradients, gradientScales, inputGradients } from '../encoder-gradients.ts';
import { FrozenModel, frozenHooks } from '../frozen-model.ts';
import { FeatureReader } from './feature-reader.ts';
import type { LayerSources } from './graph-sources.ts';
import { attentionStage, BIAS, mlpStage } from './output-vectors.ts';
import { ReplacementModel, SkipPass } from './replacement-model.ts';

/** Hooks that a cache must hold for `buildReplacement`. */
export function replacementHooks(layers: number): string[] {
  const explained: BlockHook[] = [
    'attn.hook_z',
    'hook_attn_out',
    'hook_resid_mid',
    'ln2.hook_normalized',
    'hook_mlp_out',
  ];
  const hooks = Array.from({ length: layers }, (_, layer) =>
    explained.map((hook) => hookName(layer, hook)),
  );
  return [...frozenHooks(layers), ...hooks.flat()];
}

/**
 * Builds the local replacement model of a prompt, layer by layer, so that each dictionary needs to be in
 * memory only once. Yields how many of the two parts of each layer are done. The result is the caller's.
 *
 * @param cache of the whole prompt, with `replacementHooks`; must live as long as the result
 * @param dictionary finds that of a source
 * @param staysLoaded true if dictionaries can be asked for again at no cost; then encoder columns are taken
 *   of the features that become targets, and not of all that are active
 */
export function* buildReplacement(
  model: Gpt2,
  cache: ActivationCache,
  mode: GraphMode,
  sources: readonly LayerSources[],
  dictionary: (source: SourceInfo) => Dictionary,
  staysLoaded = false,
): Generator<number, ReplacementModel> {
  const replacement = new ReplacementModel(new FrozenModel(model, cache), mode);
  const builder = new Builder(replacement, dictionary, staysLoaded);
  let complete = false;
  try {
    builder.addEmbeddings();
    for (const [layer, { attention, mlp }] of sources.entries()) {
      builder.addAttention(layer, attention);
      yield 2 * layer + 1;
      builder.addMlp(layer, mlp);
      yield 2 * layer + 2;
    }
    replacement.outputs.finish();
    complete = true;
    return replacement;
  } finally {
    builder.dispose();
    if (!complete) replacement.dispose();
  }
}

/** What a source of a cross-layer transcoder writes to a later layer. */
interface LaterWrite {
  active: ActiveFeatures;
  /** By entry of the active features. */
  nodes: Int32Array;
  /** Decoder rows of the features to that layer, `[feature, d_model]` */
  decoder: tf.Tensor2D;
  /** `[position, d_model]` all of it together */
  sum: tf.Tensor2D;
}

class Builder {
  readonly #replacement: ReplacementModel;
  readonly #dictionary: (source: SourceInfo) => Dictionary;
  readonly #staysLoaded: boolean;
  /** By output hook. */
  readonly #later = new Map<string, LaterWrite[]>();

  constructor(
    replacement: ReplacementModel,
    dictionary: (source: SourceInfo) => Dictionary,
    staysLoaded: boolean,
  ) {
    this.#replacement = replacement;
    this.#dictionary = dictionary;
    this.#staysLoaded = staysLoaded;
  }

  addEmbeddings(): void {
    const { outputs, model } = this.#replacement;
    const tokens = outputs.addRows(model.embedTokens(this.#cache.tokens));
    const positions = outputs.addRows(model.embedPositions(this.#cache.length));
    const place = { layer: -1, activation: 1 };
    for (const [p, id] of this.#cache.tokens.entries()) {
      const token = outputs.addNode(p, { kind: 'embedding', feature: id, ...place });
      outputs.write(p, token, tokens + p);
      const position = outputs.addNode(p, { kind: 'position', feature: -1, ...place });
      outputs.write(p, position, positions + p);
    }
    outputs.endStage();
  }

  addAttention(layer: number, source: SourceInfo | undefined): void {
    const { outputs, mode } = this.#replacement;
    const block = this.#block(layer);
    if (mode === 'frozen') {
      this.#writeBias(block.foldedAttentionBias());
    } else if (source) {
      this.#addSource(source);
    } else {
      this.#writeBias(block.attentionBias());
      this.#writeErrors(
        'attention-error',
        layer,
        block.writeHeads(this.#hook(layer, 'attn.hook_z')),
      );
    }
    outputs.endStage();
  }

  addMlp(layer: number, source: SourceInfo | undefined): void {
    const output = hookName(layer, 'hook_mlp_out');
    const earlier = this.#later.get(output) ?? [];
    this.#later.delete(output);
    for (const write of earlier) this.#writeFeatures(write.active, write.nodes, write.decoder);
    if (source) this.#addSource(source, earlier);
    else {
      const all = tf.tidy(() =>
        earlier.reduce((rest, { sum }) => tf.sub(rest, sum), tf.clone(this.#cache.hook(output))),
      );
      this.#writeErrors('mlp-error', layer, all);
    }
    tf.dispose(earlier.map(({ sum }) => sum));
    this.#replacement.outputs.endStage();
  }

  /** Frees what was to be written to layers that were not reached. */
  dispose(): void {
    for (const writes of this.#later.values()) {
      tf.dispose(writes.map(({ decoder, sum }) => [decoder, sum]));
    }
    this.#later.clear();
  }

  /** @param earlier what sources of earlier layers write to the same hook */
  #addSource(source: SourceInfo, earlier: readonly LaterWrite[] = []): void {
    const { kind } = source;
    const layer = blockLayer(source.outputHook);
    if (kind === 'residual') throw new Error(`${source.id} describes the residual stream`);
    const block = this.#block(layer);
    const dictionary = this.#dictionary(source);
    const input = this.#cache.hook(source.hook);
    const norm = dictionary.frozenNorm(input);
    const active = new ActiveFeatures(dictionary.activations(input));
    const isZ = parseHook(source.outputHook)?.hook === 'attn.hook_z';
    const toResidual = (rows: tf.Tensor2D): tf.Tensor2D => (isZ ? block.writeHeads(rows) : rows);

    const nodes = this.#addFeatures(kind, layer, active);
    const skip = dictionary.skipColumns();
    const bias = dictionary.outputBias(norm.normScale);
    if (active.features.length > 0) {
      const decoder = tf.tidy(() => tf.clone(toResidual(dictionary.decoderRows(active.features))));
      this.#writeFeatures(active, nodes, decoder, norm.normScale);
      this.#addReader(source, dictionary, norm, active.features);
    }
    this.#writeBias(
      tf.tidy(() => {
        const written = toResidual(bias);
        return isZ ? tf.add(written, block.attentionBias()) : tf.clone(written);
      }),
    );
    const error = tf.tidy(() => {
      const scale = tf.tensor2d(norm.normScale, [norm.normScale.length, 1]);
      const parts = [tf.div<tf.Tensor2D>(dictionary.write(active.rows), scale), bias];
      if (skip) {
        const seen = dictionary.seen(input);
        parts.push(tf.matMul(norm.centres ? centre(seen) : seen, skip, false, true));
      }
      parts.push(...earlier.map(({ sum }) => sum));
      const output = this.#cache.hook(source.outputHook);
      return tf.clone(toResidual(parts.reduce((rest, part) => tf.sub(rest, part), output)));
    });
    this.#writeErrors(`${kind}-error`, layer, error);
    if (skip) this.#addSkip(source, dictionary, skip);
    tf.dispose([bias, skip ?? []]);
    this.#keepLaterWrites(source, dictionary, active, nodes);
  }

  /** Nodes of active features, by entry. */
  #addFeatures(kind: 'attention' | 'mlp', layer: number, active: ActiveFeatures): Int32Array {
    const { columns } = active.rows;
    const nodes = new Int32Array(columns.length);
    active.forEachEntry((position, entry, activation) => {
      const feature = columns[entry] as number;
      const node = { kind, layer, feature, activation };
      nodes[entry] = this.#replacement.outputs.addNode(position, node);
    });
    return nodes;
  }

  /** @param decoder `[feature, d_model]`; taken over */
  #writeFeatures(
    active: ActiveFeatures,
    nodes: Int32Array,
    decoder: tf.Tensor2D,
    normScale?: Float32Array,
  ): void {
    const { outputs } = this.#replacement;
    const base = outputs.addRows(decoder);
    active.forEachEntry((position, entry, activation) => {
      const row = base + (active.index[entry] as number);
      const scale = normScale ? (normScale[position] as number) : 1;
      outputs.write(position, nodes[entry] as number, row, activation / scale);
    });
  }

  /** @param errors `[position, d_model]`; taken over */
  #writeErrors(kind: 'attention-error' | 'mlp-error', layer: number, errors: tf.Tensor2D): void {
    const { outputs } = this.#replacement;
    const base = outputs.addRows(errors);
    for (let p = 0; p < outputs.positions; p++) {
      const node = outputs.addNode(p, { kind, layer, feature: -1, activation: 1 });
      outputs.write(p, node, base + p);
    }
  }

  /** @param biases `[position, d_model]`, or one row for all positions; taken over */
  #writeBias(biases: tf.Tensor2D): void {
    const { outputs } = this.#replacement;
    const base = outputs.addRows(biases);
    const step = biases.shape[0] === 1 ? 0 : 1;
    for (let p = 0; p < outputs.positions; p++) outputs.write(p, BIAS, base + step * p);
  }

  #addReader(
    source: SourceInfo,
    dictionary: Dictionary,
    norm: FrozenNorm,
    features: Int32Array,
  ): void {
    const { frozen, model } = this.#replacement;
    const layer = blockLayer(source.hook);
    const stage = source.kind === 'attention' ? attentionStage(layer) : mlpStage(layer);
    const encoder = this.#staysLoaded
      ? pickedVectors((some) => encoderGradients(model, this.#dictionary(source), some))
      : heldVectors(features, encoderGradients(model, dictionary, features));
    const reader = new FeatureReader(frozen, source, dictionary, norm, encoder);
    this.#replacement.addReader(stage, reader);
  }

  #addSkip({ hook, outputHook }: SourceInfo, dictionary: Dictionary, columns: tf.Tensor2D): void {
    const { frozen, model, skips } = this.#replacement;
    // The scale of a dictionary's normalisation goes into its input and out of its output again.
    const noScale = new Float32Array(frozen.cache.length).fill(1);
    const scales = gradientScales(frozen, hook, noScale);
    skips.set(
      blockLayer(outputHook),
      new SkipPass(inputGradients(model, dictionary, columns), scales),
    );
  }

  #keepLaterWrites(
    source: SourceInfo,
    dictionary: Dictionary,
    active: ActiveFeatures,
    nodes: Int32Array,
  ): void {
    if (active.features.length === 0) return;
    for (const hook of outputHooks(source).slice(1)) {
      const later = this.#later.get(hook) ?? [];
      const decoder = dictionary.decoderRows(active.features, hook);
      later.push({ active, nodes, decoder, sum: dictionary.write(active.rows, hook) });
      this.#later.set(hook, later);
    }
  }

  #block(layer: number): Block {
    return this.#replacement.model.blockOf(layer);
  }

  #hook(layer: number, hook: BlockHook): tf.Tensor2D {
    return this.#cache.hook(hookName(layer, hook));
  }

  get #cache(): ActivationCache {
    return this.#replacement.frozen.cache;
  }
}
