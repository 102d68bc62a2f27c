import { LoupeError } from '@loupe/shared';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Places of a block where the forward pass can be read, in TransformerLens spelling, in their order. */
export const BLOCK_HOOKS = [
  'hook_resid_pre',
  'ln1.hook_scale',
  'ln1.hook_normalized',
  'ln1.hook_out',
  'attn.hook_q',
  'attn.hook_k',
  'attn.hook_v',
  'attn.hook_attn_scores',
  'attn.hook_pattern',
  'attn.hook_z',
  'attn.hook_result',
  'hook_attn_out',
  'hook_resid_mid',
  'ln2.hook_scale',
  'ln2.hook_normalized',
  'ln2.hook_out',
  'mlp.hook_pre',
  'mlp.hook_post',
  'hook_mlp_out',
  'hook_resid_post',
] as const;
export type BlockHook = (typeof BLOCK_HOOKS)[number];

/** Places before the first block, in their order. */
export const FIRST_HOOKS = ['hook_embed', 'hook_pos_embed'] as const;
/** Places after the last block, in their order. */
export const FINAL_HOOKS = [
  'ln_final.hook_scale',
  'ln_final.hook_normalized',
  'ln_final.hook_out',
] as const;
/** Places that belong to no block. */
export const MODEL_HOOKS = [...FIRST_HOOKS, ...FINAL_HOOKS] as const;
export type ModelHook = (typeof MODEL_HOOKS)[number];

/** `blocks.5.attn.hook_z` for layer 5 and `attn.hook_z`. */
export function hookName(layer: number, hook: BlockHook): string {
  return `blocks.${layer}.${hook}`;
}

/** Splits `blocks.5.attn.hook_z`; `undefined` for anything that is no hook of a block. */
export function parseHook(name: string): { layer: number; hook: BlockHook } | undefined {
  const match = /^blocks\.(\d{1,4})\.(.+)$/.exec(name);
  const hook = BLOCK_HOOKS.find((known) => known === match?.[2]);
  return match && hook ? { layer: Number(match[1]), hook } : undefined;
}

/** The hook of the model of that name; `undefined` for anything that is none, those of blocks too. */
export function modelHook(name: string): ModelHook | undefined {
  return MODEL_HOOKS.find((known) => known === name);
}

/**
 * The layer after which the value at a hook is known: that of its block, the first for embeddings and the
 * last for the final LayerNorm. `undefined` for a name that is no hook.
 *
 * @param layers how many blocks the model has
 */
export function layerOfHook(name: string, layers: number): number | undefined {
  const own = modelHook(name);
  if (!own) return parseHook(name)?.layer;
  return FIRST_HOOKS.some((first) => first === own) ? 0 : layers - 1;
}

/**
 * Where a hook stands in the forward pass, to compare it with others: a later one has the greater number.
 * A source whose hooks stand at one place reads what it writes.
 */
export function hookPlace(name: string): number {
  const block = parseHook(name);
  if (block) return (block.layer + 1) * BLOCK_HOOKS.length + BLOCK_HOOKS.indexOf(block.hook);
  const own = modelHook(name);
  const place = own === undefined ? -1 : MODEL_HOOKS.indexOf(own);
  return place < FIRST_HOOKS.length ? place : Number.MAX_SAFE_INTEGER - MODEL_HOOKS.length + place;
}

/** A hook without its layer: `attn.hook_z` of `blocks.5.attn.hook_z`. `undefined` for a name that is no hook. */
export function hookKind(name: string): BlockHook | ModelHook | undefined {
  return parseHook(name)?.hook ?? modelHook(name);
}

/**
 * Layer of a hook. Sources stand where their hooks are, whatever their own number is: `12-res-jb` reads and
 * writes `blocks.11.hook_resid_post`.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a hook that is in no block
 */
export function blockLayer(name: string): number {
  const place = parseHook(name);
  if (place) return place.layer;
  throw new LoupeError('LOUPE_UNSUPPORTED_DICTIONARY', `${name} is not a hook of a layer.`);
}

/**
 * Replaces the value at a hook: takes what the forward pass computed, for the rows it runs over, and
 * gives what it goes on with, of the same shape. Runs inside a `tf.tidy` of the forward pass.
 *
 * @param earlier the value at a hook of the same block that comes before this one; of those outside
 *   blocks, at one on the same side of them
 */
export type HookEdit = (value: Tensor, earlier: (hook: BlockHook | ModelHook) => Tensor) => Tensor;

/** Replacements by full hook name. */
export type HookEdits = ReadonlyMap<string, HookEdit>;

/** What each value at a hook goes through: edited if that is asked for, then kept if it is wanted. */
export type Hooking<Hook> = <T extends Tensor>(name: Hook, computed: T) => T;

/**
 * Makes the function that values at the hooks of one stretch of the forward pass go through.
 *
 * @param fullName of a hook of the stretch
 * @param wanted full names of the hooks to keep
 * @param keep told each that is wanted, as it is after its edit; the value is not the caller's
 */
export function hooking<Hook extends BlockHook | ModelHook>(
  fullName: (hook: Hook) => string,
  wanted: ReadonlySet<string>,
  edits: HookEdits | undefined,
  keep: (name: string, value: Tensor) => void,
): Hooking<Hook> {
  const seen = new Map<BlockHook | ModelHook, Tensor>();
  const earlier = (hook: BlockHook | ModelHook): Tensor => {
    const value = seen.get(hook);
    if (!value) throw new Error(`${hook} comes later in the forward pass, or elsewhere`);
    return value;
  };
  return <T extends Tensor>(name: Hook, computed: T): T => {
    const full = fullName(name);
    const edit = edits?.get(full);
    const value = edit ? (edit(computed, earlier) as T) : computed;
    seen.set(name, value);
    if (wanted.has(full)) keep(full, value);
    return value;
  };
}
