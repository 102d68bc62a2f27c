import { type Architecture, LoupeError } from '@loupe/shared';
import {
  BLOCK_HOOKS,
  type BlockHook,
  hookKind,
  layerOfHook,
  MODEL_HOOKS,
  type ModelHook,
} from '../model/hooks.ts';
import type { DictionaryConfig } from './config.ts';
import { outputHooks } from './cross-layer.ts';
import { checkHead } from './one-head.ts';

/** Hooks that hold one vector a position, which a dictionary can read or write. */
const isVector = (hook: string) => !/hook_(scale|attn_scores|pattern|result)$/.test(hook);
const VECTOR_HOOKS: readonly string[] = [
  ...BLOCK_HOOKS.filter(isVector).map((hook) => `blocks.{layer}.${hook}`),
  ...MODEL_HOOKS.filter(isVector),
];

/**
 * Checks that a model has the hooks of a dictionary, and that they are as wide as it says.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a hook that the model does not have,
 * `LOUPE_SHAPE_MISMATCH` for one of another width
 */
export function checkFitsModel(config: DictionaryConfig, model: Architecture): void {
  if (config.oneHead) checkOneHead(config, model);
  // Of one head until its weights are as wide as the hook.
  const isNarrow = config.dIn === config.oneHead?.size;
  const widthOf = (hook: string, width: number) =>
    isNarrow ? width * headsAt(hook, model) : width;
  checkHook('reads', config.hook, widthOf(config.hook, config.dIn), model);
  for (const hook of outputHooks(config)) {
    checkHook('writes', hook, widthOf(hook, config.dOut), model);
  }
}

function checkOneHead({ oneHead: head, hook }: DictionaryConfig, model: Architecture): void {
  if (!head) return;
  if (head.size !== model.dHead) {
    throw new LoupeError(
      'LOUPE_SHAPE_MISMATCH',
      `It reads one head of ${head.size} values at ${hook}, where a head of the model has ${model.dHead}.`,
    );
  }
  checkHead(head, hook, headsAt(hook, model));
}

function headsAt(hook: string, { layers, heads, headsPerLayer }: Architecture): number {
  return headsPerLayer?.[layerOfHook(hook, layers) ?? 0] ?? heads;
}

function checkHook(does: 'reads' | 'writes', name: string, width: number, model: Architecture) {
  const kind = hookKind(name);
  if (!kind || !isVector(kind)) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      `It ${does} ${name}, which is not a place where a dictionary can. ` +
        `There are: ${VECTOR_HOOKS.join(', ')}.`,
    );
  }
  const layer = layerOfHook(name, model.layers) ?? 0;
  if (layer >= model.layers) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      `It ${does} ${name}, but the model has only the layers 0 to ${model.layers - 1}.`,
    );
  }
  const expected = hookWidth(kind, layer, model);
  if (width === expected) return;
  throw new LoupeError(
    'LOUPE_SHAPE_MISMATCH',
    `It ${does} vectors of ${width} values at ${name}, where the model has ${expected}.`,
  );
}

/** Length of the vectors at a hook. */
function hookWidth(
  hook: BlockHook | ModelHook,
  layer: number,
  { heads, headsPerLayer, dHead, dModel, dMlp, dMlpPerLayer }: Architecture,
): number {
  if (/^attn\.hook_[qkvz]$/.test(hook)) return (headsPerLayer?.[layer] ?? heads) * dHead;
  return hook.startsWith('mlp.') ? (dMlpPerLayer?.[layer] ?? dMlp) : dModel;
}
