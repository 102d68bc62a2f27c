import type { GraphMode, SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { outputHooks } from '../../dictionaries/cross-layer.ts';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import type { Frame } from '../../dictionaries/frame.ts';
import type { Block } from '../../model/block.ts';
import type { Gpt2 } from '../../model/gpt2.ts';
import { type BlockHook, blockLayer, hookName, parseHook } from '../../model/hooks.ts';
import type { Trace } from '../../trace/trace.ts';
import { type ActiveRows, forEachEntry, numberFeatures } from '../active-rows.ts';
import { centre } from '../centre.ts';
import { heldVectors, pickedVectors } from '../feature-vectors.ts';
import { FrozenAttention } from '../frozen-attention.ts';
import { FeatureReader } from './feature-reader.ts';
import type { LayerSources } from './graph-sources.ts';
import { ReplacementModel } from './replacement-model.ts';
import { SkipPass } from './skip-pass.ts';
import { attentionStage, mlpStage } from './stages.ts';
import { BIAS } from './write-table.ts';

/** Hooks that a trace must hold for `buildReplacement`. */
export function replacementHooks(layers: number): string[] {
  const hooks: BlockHook[] = [
    'ln1.hook_scale',
    'attn.hook_pattern',
    'attn.hook_z',
    'hook_attn_out',
    'hook_resid_mid',
    'ln2.hook_scale',
    'ln2.hook_normalized',
    'hook_mlp_out',
  ];
  return Array.from({ length: layers }, (_, layer) =>
    hooks.map((hook) => hookName(layer, hook)),
  ).flat();
}

/**
 * Builds the local replacement model of a prompt, layer by layer, so that each dictionary needs to be in
 * memory only once. Yields how many of the two parts of each layer are done. The result is the caller's.
 *
 * @param trace of the whole prompt, with `replacementHooks`; must live as long as the result
 * @param dictionary finds that of a source
 * @param staysLoaded true if dictionaries can be asked for again at no cost; then encoder columns are taken
 *   of the features that are traced, and not of all that are active
 */
export function* buildReplacement(
  model: Gpt2,
  trace: Trace,
  mode: GraphMode,
  sources: readonly LayerSources[],
  dictionary: (source: SourceInfo) => Dictionary,
  staysLoaded = false,
): Generator<number, ReplacementModel> {
  const replacement = new ReplacementModel(model, mode, trace.length);
  const builder = new Builder(replacement, trace, dictionary, staysLoaded);
  let complete = false;
  try {
    builder.addEmbeddings();
    for (const [layer, { attention, mlp }] of sources.entries()) {
      builder.addAttention(layer, attention);
      yield 2 * layer + 1;
      builder.addMlp(layer, mlp);
      yield 2 * layer + 2;
    }
    replacement.writes.finish();
    complete = true;
    return replacement;
  } finally {
    builder.dispose();
    if (!complete) replacement.dispose();
  }
}

/** What a source of a cross-layer transcoder writes to a later layer. */
interface LaterWrite {
  active: ActiveRows;
  /** By entry of the active features. */
  nodes: Int32Array;
  /** Decoder rows of the features to that layer, `[feature, d_model]` */
  decoder: tf.Tensor2D;
  /** `[position, d_model]` all of it together */
  sum: tf.Tensor2D;
}

class Builder {
  readonly #replacement: ReplacementModel;
  readonly #trace: Trace;
  readonly #dictionary: (source: SourceInfo) => Dictionary;
  readonly #staysLoaded: boolean;
  /** By output hook. */
  readonly #later = new Map<string, LaterWrite[]>();

  constructor(
    replacement: ReplacementModel,
    trace: Trace,
    dictionary: (source: SourceInfo) => Dictionary,
    staysLoaded: boolean,
  ) {
    this.#replacement = replacement;
    this.#trace = trace;
    this.#dictionary = dictionary;
    this.#staysLoaded = staysLoaded;
  }

  addEmbeddings(): void {
    const { writes, model } = this.#replacement;
    const tokens = writes.addRows(model.embedTokens(this.#trace.tokens));
    const positions = writes.addRows(model.embedPositions(this.#trace.length));
    const place = { layer: -1, activation: 1 };
    for (const [p, id] of this.#trace.tokens.entries()) {
      const token = writes.addNode(p, { kind: 'embedding', feature: id, ...place });
      writes.write(p, token, tokens + p);
      const position = writes.addNode(p, { kind: 'position', feature: -1, ...place });
      writes.write(p, position, positions + p);
    }
    writes.endStage();
  }

  addAttention(layer: number, source: SourceInfo | undefined): void {
    const { writes, mode, attention } = this.#replacement;
    const block = this.#block(layer);
    if (mode === 'frozen' || source) {
      const pattern: tf.Tensor = this.#hook(layer, 'attn.hook_pattern');
      const scales = this.#values(layer, 'ln1.hook_scale');
      attention.set(layer, new FrozenAttention(block, pattern as tf.Tensor3D, scales));
    }
    if (mode === 'frozen') {
      this.#writeBias(restingAttention(block));
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
    writes.endStage();
  }

  addMlp(layer: number, source: SourceInfo | undefined): void {
    const output = hookName(layer, 'hook_mlp_out');
    const earlier = this.#later.get(output) ?? [];
    this.#later.delete(output);
    for (const write of earlier) this.#writeFeatures(write.active, write.nodes, write.decoder);
    if (source) this.#addSource(source, earlier);
    else {
      const all = tf.tidy(() =>
        earlier.reduce((rest, { sum }) => tf.sub(rest, sum), tf.clone(this.#trace.hook(output))),
      );
      this.#writeErrors('mlp-error', layer, all);
    }
    tf.dispose(earlier.map(({ sum }) => sum));
    this.#replacement.writes.endStage();
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
    const input = this.#trace.hook(source.hook);
    const frame = dictionary.frame(input);
    const active = numberFeatures(dictionary.activations(input));
    const isZ = parseHook(source.outputHook)?.hook === 'attn.hook_z';
    const toResidual = (rows: tf.Tensor2D): tf.Tensor2D => (isZ ? block.writeHeads(rows) : rows);

    const nodes = this.#addFeatures(kind, layer, active);
    const skip = dictionary.skipColumns();
    const resting = dictionary.restingOutput(frame.gains);
    if (active.features.length > 0) {
      const decoder = tf.tidy(() => tf.clone(toResidual(dictionary.decoderRows(active.features))));
      this.#writeFeatures(active, nodes, decoder, frame.gains);
      this.#addReader(source, dictionary, frame, active.features);
    }
    this.#writeBias(
      tf.tidy(() => {
        const written = toResidual(resting);
        return isZ ? tf.add(written, block.attentionBias()) : tf.clone(written);
      }),
    );
    const error = tf.tidy(() => {
      const gains = tf.tensor2d(frame.gains, [frame.gains.length, 1]);
      const parts = [tf.div<tf.Tensor2D>(dictionary.write(active.rows), gains), resting];
      if (skip) {
        const seen = dictionary.seen(input);
        parts.push(tf.matMul(frame.centres ? centre(seen) : seen, skip, false, true));
      }
      parts.push(...earlier.map(({ sum }) => sum));
      const output = this.#trace.hook(source.outputHook);
      return tf.clone(toResidual(parts.reduce((rest, part) => tf.sub(rest, part), output)));
    });
    this.#writeErrors(`${kind}-error`, layer, error);
    if (skip) this.#addSkip(source, frame, skip);
    tf.dispose([resting, skip ?? []]);
    this.#keepLaterWrites(source, dictionary, active, nodes);
  }

  /** Nodes of active features, by entry. */
  #addFeatures(kind: 'attention' | 'mlp', layer: number, { rows }: ActiveRows): Int32Array {
    const nodes = new Int32Array(rows.columns.length);
    forEachEntry(rows, (position, entry, activation) => {
      const feature = rows.columns[entry] as number;
      const node = { kind, layer, feature, activation };
      nodes[entry] = this.#replacement.writes.addNode(position, node);
    });
    return nodes;
  }

  /** @param decoder `[feature, d_model]`; taken over */
  #writeFeatures(
    { rows, index }: ActiveRows,
    nodes: Int32Array,
    decoder: tf.Tensor2D,
    gains?: Float32Array,
  ): void {
    const { writes } = this.#replacement;
    const base = writes.addRows(decoder);
    forEachEntry(rows, (position, entry, activation) => {
      const row = base + (index[entry] as number);
      const gain = gains ? (gains[position] as number) : 1;
      writes.write(position, nodes[entry] as number, row, activation / gain);
    });
  }

  /** @param errors `[position, d_model]`; taken over */
  #writeErrors(kind: 'attention-error' | 'mlp-error', layer: number, errors: tf.Tensor2D): void {
    const { writes } = this.#replacement;
    const base = writes.addRows(errors);
    for (let p = 0; p < writes.positions; p++) {
      const node = writes.addNode(p, { kind, layer, feature: -1, activation: 1 });
      writes.write(p, node, base + p);
    }
  }

  /** @param biases `[position, d_model]`, or one row for all positions; taken over */
  #writeBias(biases: tf.Tensor2D): void {
    const { writes } = this.#replacement;
    const base = writes.addRows(biases);
    const step = biases.shape[0] === 1 ? 0 : 1;
    for (let p = 0; p < writes.positions; p++) writes.write(p, BIAS, base + step * p);
  }

  #addReader(
    source: SourceInfo,
    dictionary: Dictionary,
    { gains, centres }: Frame,
    features: Int32Array,
  ): void {
    const { kind } = source;
    const layer = blockLayer(source.hook);
    const [resting, carried] = this.#constants(source, dictionary, centres);
    const stage = kind === 'attention' ? attentionStage(layer) : mlpStage(layer);
    const vectors = this.#staysLoaded
      ? pickedVectors((some) =>
          this.#readingVectors(source, this.#dictionary(source), centres, some),
        )
      : heldVectors(features, this.#readingVectors(source, dictionary, centres, features));
    this.#replacement.readers.set(
      stage,
      new FeatureReader({
        place: kind === 'attention' ? 'z' : 'residual',
        vectors,
        scales: this.#readingScales(source, gains),
        resting,
        carried,
        gains,
      }),
    );
  }

  /** What features of a source read, but for scales of positions, `[feature, width]`. */
  #readingVectors(
    { hook }: SourceInfo,
    dictionary: Dictionary,
    centres: boolean,
    features: Int32Array,
  ): tf.Tensor2D {
    return tf.tidy(() => {
      const encoder = dictionary.encoderColumns(features);
      const columns = centres ? centre(encoder) : encoder;
      switch (parseHook(hook)?.hook) {
        case 'hook_attn_out':
          return this.#block(blockLayer(hook)).pullToHeads(columns);
        case 'ln2.hook_normalized':
          return centre(columns);
        default:
          return tf.clone(columns);
      }
    });
  }

  /** What features have where their input is zero, and what constants of the input add to it, `[feature]`. */
  #constants(
    { hook, width }: SourceInfo,
    dictionary: Dictionary,
    centres: boolean,
  ): [resting: Float32Array, carried: Float32Array | undefined] {
    const place = parseHook(hook)?.hook;
    if (place !== 'attn.hook_z' && place !== 'hook_attn_out') {
      return [dictionary.restingPreActivations(), undefined];
    }
    const block = this.#block(blockLayer(hook));
    const rows = tf.tidy(() => {
      const constant = place === 'attn.hook_z' ? block.valueBias() : restingAttention(block);
      const seen = dictionary.seen(constant);
      // Both at once, because the encoder is read for each product.
      return tf.concat2d([tf.zerosLike(seen), centres ? centre(seen) : seen], 0);
    });
    const values = dictionary.preActivations(rows);
    rows.dispose();
    const resting = values.slice(0, width);
    return [resting, values.slice(width).map((value, i) => value - (resting[i] as number))];
  }

  #addSkip(source: SourceInfo, { gains, centres }: Frame, columns: tf.Tensor2D): void {
    const reads = parseHook(source.hook)?.hook === 'ln2.hook_normalized';
    const matrix = tf.tidy(() => (centres || reads ? centre(columns) : tf.clone(columns)));
    // A dictionary's gain goes into its input and out of its output again.
    const scales = this.#readingScales(source, new Float32Array(gains.length).fill(1));
    this.#replacement.skips.set(blockLayer(source.outputHook), new SkipPass(matrix, scales));
  }

  /** Gains, divided by what the LayerNorm before a source divides by, `[position]`. */
  #readingScales({ hook }: SourceInfo, gains: Float32Array): Float32Array {
    if (parseHook(hook)?.hook !== 'ln2.hook_normalized') return gains;
    const scales = this.#values(blockLayer(hook), 'ln2.hook_scale');
    return gains.map((gain, p) => gain / (scales[p] as number));
  }

  #keepLaterWrites(
    source: SourceInfo,
    dictionary: Dictionary,
    active: ActiveRows,
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
    return this.#trace.hook(hookName(layer, hook));
  }

  #values(layer: number, hook: BlockHook): Float32Array {
    return this.#hook(layer, hook).dataSync<'float32'>().slice();
  }
}

/** What attention adds to the residual stream whatever it attends to, `[1, d_model]`. */
function restingAttention(block: Block): tf.Tensor2D {
  return tf.tidy(() => tf.add(block.writeHeads(block.valueBias()), block.attentionBias()));
}
