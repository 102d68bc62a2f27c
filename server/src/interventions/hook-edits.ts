import { LoupeError, type SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { outputHooks } from '../dictionaries/cross-layer.ts';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import {
  type BlockHook,
  type HookEdit,
  type HookEdits,
  hookKind,
  hookPlace,
  parseHook,
} from '../model/hooks.ts';
import { rank2 } from '../tensor/ranks.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import { editFeatures, featureChange } from './edit-features.ts';
import type { DictionaryIntervention, Intervention, ScaleIntervention } from './intervention.ts';
import { multiplyErrors } from './multiply-errors.ts';
import { resolvePositions } from './positions.ts';

/** Is told the activations of a source, by its id, `[position, width]`. */
export type ObserveActivations = (source: string, rows: SparseRows) => void;

/** What interventions need of a model. */
export interface Intervened {
  /** Width of one head. */
  readonly dHead: number;
  /** @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` */
  source(id: string): SourceInfo;
  dictionary(source: SourceInfo): Dictionary;
}

/** An edit at a hook. Those that read on come after all that change the value there. */
interface Step {
  hook: string;
  edit: HookEdit;
  readsOn?: boolean;
}

/**
 * Interventions as edits of the forward pass. Those at one hook are done one after another; a dictionary
 * that reads the hook and writes another sees what they leave. The pass must run over the whole prompt,
 * because positions count from its beginning.
 *
 * A dictionary is asked for anew at each use, so that one that was paged out comes back.
 *
 * @param observe told the activations of each dictionary that is put in, as they are after its edits
 * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED`; `LOUPE_UNSUPPORTED_DICTIONARY` for one that writes
 *   before it reads, or of which more is asked than changes of features and which is not within one block;
 *   `LOUPE_BAD_REQUEST` for a hook that does not exist
 */
export function hookEdits(
  interventions: readonly Intervention[],
  model: Intervened,
  observe?: ObserveActivations,
): HookEdits {
  const steps = interventions.flatMap((intervention) => {
    if (!('source' in intervention)) return [scaleHook(intervention, model)];
    const { error } = intervention;
    return error === 'keep' || error.length === 0
      ? changeFeatures(intervention, model, observe)
      : [spliceDictionary(intervention, model, observe)];
  });
  const edits = new Map<string, HookEdit>();
  const isLast = ({ readsOn = false }: Step) => readsOn;
  for (const { hook, edit } of [
    ...steps.filter((step) => !isLast(step)),
    ...steps.filter(isLast),
  ]) {
    const first = edits.get(hook);
    edits.set(hook, first ? (value, earlier) => edit(first(value, earlier), earlier) : edit);
  }
  return edits;
}

/**
 * Features of any dictionary changed, its error kept: each hook that it writes gets `(f′ − f) W_dec`, over
 * what its normalisation multiplied with. What it reads may lie in an earlier block than what it writes.
 */
function changeFeatures(
  { source: id, features = [] }: DictionaryIntervention,
  model: Intervened,
  observe: ObserveActivations | undefined,
): Step[] {
  const source = model.source(id);
  const own = source.hook === source.outputHook;
  let change: { rows: SparseRows; normScale: Float32Array } | undefined;
  const read: HookEdit = (value) => {
    const dictionary = model.dictionary(source);
    const input = rank2(value);
    const found = dictionary.activations(input);
    const edited = editFeatures(found, features);
    observe?.(id, edited);
    change = {
      rows: featureChange(found, edited),
      normScale: dictionary.frozenNorm(input).normScale,
    };
    return value;
  };
  const write =
    (hook: string): HookEdit =>
    (value) => {
      if (!change || change.rows.values.length === 0) return value;
      const { rows, normScale } = change;
      const written = model.dictionary(source).write(rows, hook);
      return tf.add(value, tf.div(written, tf.tensor2d(normScale, [normScale.length, 1])));
    };
  if (features.length === 0) return [{ hook: source.hook, edit: read, readsOn: !own }];
  checkOrder(source);
  if (own) {
    const edit: HookEdit = (value, earlier) => write(source.hook)(read(value, earlier), earlier);
    return [{ hook: source.hook, edit }];
  }
  return [
    { hook: source.hook, edit: read, readsOn: true },
    ...outputHooks(source).map((hook) => ({ hook, edit: write(hook) })),
  ];
}

/** @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a dictionary that writes before it reads */
function checkOrder({ id, hook, outputHook }: SourceInfo): void {
  if (hookPlace(hook) <= hookPlace(outputHook)) return;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${id} reads ${hook}, which comes after ${outputHook}, where it writes: it cannot be put into the forward pass.`,
  );
}

/**
 * Without error, the output hook becomes the reconstruction `decode(f')`; else it is the true value plus
 * what the change of features makes, `y + decode(f') − decode(f)`, and what an error is multiplied with
 * adds its share of `y − decode(f)`.
 */
function spliceDictionary(
  { source: id, error, features = [] }: DictionaryIntervention,
  model: Intervened,
  observe: ObserveActivations | undefined,
): Step {
  const source = model.source(id);
  const read = inputHook(source);
  const edit: HookEdit = (value, earlier) => {
    const dictionary = model.dictionary(source);
    const input = rank2(read === undefined ? value : earlier(read));
    const found = dictionary.activations(input);
    const edited = editFeatures(found, features);
    observe?.(id, edited);
    if (error === 'drop') return dictionary.decode(edited, input);
    const before = dictionary.decode(found, input);
    const missing = tf.sub<tf.Tensor2D>(value, before);
    const written = features.length === 0 ? before : dictionary.decode(edited, input);
    return tf.add(written, multiplyErrors(missing, error === 'keep' ? [] : error));
  };
  return { hook: source.outputHook, edit };
}

/**
 * The hook of its block that a dictionary reads; undefined if it is the one that it writes.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for one that cannot be put into the forward pass
 */
export function inputHook({ id, hook, outputHook, crossLayer }: SourceInfo): BlockHook | undefined {
  if (crossLayer) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      `${id} belongs to a cross-layer transcoder, which reconstructs a layer only together with the layers before it: it cannot be put into the forward pass by itself.`,
    );
  }
  if (hook === outputHook) return undefined;
  const from = parseHook(hook);
  const to = parseHook(outputHook);
  if (from && to && from.layer === to.layer) return from.hook;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${id} reads ${hook} and writes ${outputHook}: only a dictionary within one block can be put into the forward pass.`,
  );
}

function scaleHook(
  { hook, scale, heads, positions }: ScaleIntervention,
  { dHead }: Intervened,
): Step {
  const known = hookKind(hook);
  if (!known) throw new LoupeError('LOUPE_BAD_REQUEST', `There is no hook ${hook}.`);
  if (heads && known !== 'attn.hook_z') {
    throw new LoupeError('LOUPE_BAD_REQUEST', `${hook} has no heads to choose; attn.hook_z has.`);
  }
  if (positions && known === 'attn.hook_pattern') {
    throw new LoupeError('LOUPE_BAD_REQUEST', 'attn.hook_pattern can only be scaled as a whole.');
  }
  const edit: HookEdit = (value) => {
    if (!heads && !positions) return tf.mul(value, scale);
    const [rows, columns] = rank2(value).shape;
    const chosen = resolvePositions(positions, rows);
    const factors = new Float32Array(rows * columns).fill(1);
    for (const row of chosen) {
      const ranges = heads?.map((head) => [head * dHead, (head + 1) * dHead]) ?? [[0, columns]];
      for (const [from, to] of ranges as [number, number][]) {
        factors.fill(scale, row * columns + from, row * columns + to);
      }
    }
    return tf.mul(value, tf.tensor2d(factors, [rows, columns]));
  };
  return { hook, edit };
}
