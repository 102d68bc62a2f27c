import type { Tensor } from '@tensorflow/tfjs-core';

/** Places of a block where the forward pass can be read, in TransformerLens spelling. */
export const BLOCK_HOOKS = [
  'hook_resid_pre',
  'ln1.hook_scale',
  'attn.hook_pattern',
  'attn.hook_z',
  'hook_attn_out',
  'hook_resid_mid',
  'ln2.hook_scale',
  'ln2.hook_normalized',
  'hook_mlp_out',
  'hook_resid_post',
] as const;
export type BlockHook = (typeof BLOCK_HOOKS)[number];

/** `blocks.5.attn.hook_z` for layer 5 and `attn.hook_z`. */
export function hookName(layer: number, hook: BlockHook): string {
  return `blocks.${layer}.${hook}`;
}

/** Splits `blocks.5.attn.hook_z`; `undefined` for a hook that the forward pass does not have. */
export function parseHook(name: string): { layer: number; hook: BlockHook } | undefined {
  const match = /^blocks\.(\d{1,4})\.(.+)$/.exec(name);
  const hook = BLOCK_HOOKS.find((known) => known === match?.[2]);
  return match && hook ? { layer: Number(match[1]), hook } : undefined;
}

/**
 * Replaces the value at a hook: takes what the forward pass computed, for the rows it runs over, and
 * gives what it goes on with, of the same shape. Runs inside the block's `tf.tidy`.
 *
 * @param earlier the value at a hook of the same block that comes before this one
 */
export type HookEdit = (value: Tensor, earlier: (hook: BlockHook) => Tensor) => Tensor;

/** Replacements by full hook name. */
export type HookEdits = ReadonlyMap<string, HookEdit>;
