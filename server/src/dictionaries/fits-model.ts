import { type Architecture, LoupeError } from '@loupe/shared';
import { BLOCK_HOOKS, type BlockHook, parseHook } from '../model/hooks.ts';
import type { DictionaryConfig } from './config.ts';
import { outputHooks } from './cross-layer.ts';

/** Hooks that hold one vector a position, which a dictionary can read or write. */
const VECTOR_HOOKS: readonly BlockHook[] = BLOCK_HOOKS.filter(
  (hook) => !/hook_scale$|hook_pattern$/.test(hook),
);

/**
 * Checks that a model has the hooks of a dictionary, and that they are as wide as it says.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a hook that the model does not have,
 * `LOUPE_SHAPE_MISMATCH` for one of another width
 */
export function checkFitsModel(config: DictionaryConfig, model: Architecture): void {
  checkHook('reads', config.hook, config.dIn, model);
  for (const hook of outputHooks(config)) checkHook('writes', hook, config.dOut, model);
}

function checkHook(does: 'reads' | 'writes', name: string, width: number, model: Architecture) {
  const hook = parseHook(name);
  if (!hook || !VECTOR_HOOKS.includes(hook.hook)) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      `It ${does} ${name}, which is not a place where a dictionary can. ` +
        `There are, for each layer: ${VECTOR_HOOKS.map((each) => `blocks.{layer}.${each}`).join(', ')}.`,
    );
  }
  if (hook.layer >= model.layers) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      `It ${does} ${name}, but the model has only the layers 0 to ${model.layers - 1}.`,
    );
  }
  const expected = hookWidth(hook, model);
  if (width === expected) return;
  throw new LoupeError(
    'LOUPE_SHAPE_MISMATCH',
    `It ${does} vectors of ${width} values at ${name}, where the model has ${expected}.`,
  );
}

/** Length of the vectors at a hook. */
function hookWidth(
  { layer, hook }: { layer: number; hook: BlockHook },
  { heads, headsPerLayer, dHead, dModel }: Architecture,
): number {
  return hook === 'attn.hook_z' ? (headsPerLayer?.[layer] ?? heads) * dHead : dModel;
}
