import { LoupeError } from '@loupe/shared';
import type { Gpt2 } from './gpt2.ts';
import { BLOCK_HOOKS, hookKind, layerOfHook, MODEL_HOOKS } from './hooks.ts';

/** Where the logits are read; nothing reads on from it. */
export const LOGITS_HOOK = 'unembed.hook_out';

/** What a value at a hook is shaped like, as in TransformerLens but without the batch. */
export interface HookShape {
  /** Lengths of the axes. */
  shape: number[];
  /** What the axes are. */
  axes: string[];
}

/**
 * The shape of the value at a hook for a prompt of some positions.
 *
 * @param name the hook's usual name, see `usualHook`
 * @throws LoupeError `LOUPE_HOOK_NOT_FOUND` naming the hooks that there are
 */
export function hookShape(name: string, model: Gpt2, positions: number): HookShape {
  const position: Axis = ['position', positions];
  if (name === LOGITS_HOOK) return shaped(position, ['d_vocab', model.config.vocabulary]);
  const kind = hookKind(name);
  const layer = layerOfHook(name, model.blocks.length);
  const block = layer === undefined ? undefined : model.blocks[layer];
  if (!kind || !block) throw noSuchHook(name, model.blocks.length);
  const { dModel, dHead } = model.config;
  const head: Axis = ['head', block.heads];
  switch (kind) {
    case 'attn.hook_q':
    case 'attn.hook_k':
    case 'attn.hook_v':
    case 'attn.hook_z':
      return shaped(position, head, ['d_head', dHead]);
    case 'attn.hook_attn_scores':
    case 'attn.hook_pattern':
      return shaped(head, ['query', positions], ['key', positions]);
    case 'attn.hook_result':
      return shaped(position, head, ['d_model', dModel]);
    case 'mlp.hook_pre':
    case 'mlp.hook_post':
      return shaped(position, ['d_mlp', block.hiddenUnits]);
    case 'ln1.hook_scale':
    case 'ln2.hook_scale':
    case 'ln_final.hook_scale':
      return shaped(position, ['scale', 1]);
    default:
      return shaped(position, ['d_model', dModel]);
  }
}

/** How many values a shape holds. */
export function sizeOf({ shape }: Pick<HookShape, 'shape'>): number {
  return shape.reduce((product, length) => product * length, 1);
}

type Axis = [name: string, length: number];

function shaped(...axes: Axis[]): HookShape {
  return { shape: axes.map(([, length]) => length), axes: axes.map(([name]) => name) };
}

function noSuchHook(name: string, layers: number): LoupeError {
  return new LoupeError(
    'LOUPE_HOOK_NOT_FOUND',
    `There is no hook "${name}". There are ${[...MODEL_HOOKS, LOGITS_HOOK].join(', ')}, and for the layers 0 to ` +
      `${layers - 1} ${BLOCK_HOOKS.map((hook) => `blocks.{layer}.${hook}`).join(', ')}; other names ` +
      'of these in TransformerLens and transformers are known too.',
  );
}
