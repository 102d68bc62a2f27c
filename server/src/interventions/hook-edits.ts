import { LoupeError, type SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import {
  type BlockHook,
  type HookEdit,
  type HookEdits,
  hookKind,
  parseHook,
} from '../model/hooks.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import { editFeatures } from './edit-features.ts';
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

/**
 * Interventions as edits of the forward pass. Those at one hook are done one after another. The pass
 * must run over the whole prompt, because positions count from its beginning.
 *
 * A dictionary is asked for anew at each use, so that one that was paged out comes back.
 *
 * @param observe told the activations of each dictionary that is put in, as they are after its edits
 * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED`; `LOUPE_UNSUPPORTED_DICTIONARY` for one that reads
 *   another block than it writes; `LOUPE_BAD_REQUEST` for a hook that does not exist
 */
export function hookEdits(
  interventions: readonly Intervention[],
  model: Intervened,
  observe?: ObserveActivations,
): HookEdits {
  const edits = new Map<string, HookEdit>();
  for (const intervention of interventions) {
    const [hook, edit] =
      'source' in intervention
        ? spliceDictionary(intervention, model, observe)
        : scaleHook(intervention, model);
    const first = edits.get(hook);
    edits.set(hook, first ? (value, earlier) => edit(first(value, earlier), earlier) : edit);
  }
  return edits;
}

/**
 * Without error, the output hook becomes the reconstruction `decode(f')`; with it, the true value plus
 * what the change of features makes: `y + decode(f') − decode(f)`; and what an error is multiplied with
 * adds its share of `y − decode(f)`.
 */
function spliceDictionary(
  { source: id, error, features = [] }: DictionaryIntervention,
  model: Intervened,
  observe: ObserveActivations | undefined,
): [string, HookEdit] {
  const source = model.source(id);
  const read = readingHook(source);
  const edit: HookEdit = (value, earlier) => {
    const dictionary = model.dictionary(source);
    const input = (read === undefined ? value : earlier(read)) as tf.Tensor2D;
    const found = dictionary.activations(input);
    const edited = editFeatures(found, features);
    observe?.(id, edited);
    if (error === 'drop') return dictionary.decode(edited, input);
    const scales = error === 'keep' ? [] : error;
    if (features.length + scales.length === 0) return value;
    const before = dictionary.decode(found, input);
    const missing = tf.sub<tf.Tensor2D>(value, before);
    const written = features.length === 0 ? before : dictionary.decode(edited, input);
    return tf.add(written, multiplyErrors(missing, scales));
  };
  return [source.outputHook, edit];
}

/**
 * The hook of its block that a dictionary reads; undefined if it is the one that it writes.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for one that cannot be put into the forward pass
 */
export function readingHook({
  id,
  hook,
  outputHook,
  crossLayer,
}: SourceInfo): BlockHook | undefined {
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
): [string, HookEdit] {
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
    const [rows, columns] = value.shape as [number, number];
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
  return [hook, edit];
}
