import { Type } from 'typebox';
import { checked } from '../../checked.ts';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder } from '../format.ts';
import { usualHook } from '../hook-names.ts';
import { cardOrStated } from '../layer-norm-fold.ts';

const CONFIG_FILE = 'config.yaml';

/** Within a block, `hook_resid_mid`, or as some exporters have it, `blocks.{layer}.hook_resid_mid`. */
const Hook = Type.String({ pattern: '^(blocks\\.\\{layer\\}\\.)?[A-Za-z0-9_.]{1,100}$' });
const CircuitTracerConfig = Type.Object({
  feature_input_hook: Type.Optional(Hook),
  feature_output_hook: Type.Optional(Hook),
});

/**
 * Hooks that circuit-tracer's `config.yaml` names, for a layer. Where there is none, the tool takes the
 * residual stream before the MLP's LayerNorm and the MLP's output. Its `mlp.hook_in` comes after that
 * LayerNorm's weight and bias: it runs models without folding them into the weights that follow.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` for a configuration that is not one
 */
export function circuitTracerHooks(
  folder: DictionaryFolder,
  card: DictionaryCard,
  layer: number,
): { hook: string; outputHook: string } {
  const config = folder.files.includes(CONFIG_FILE)
    ? checked(
        CircuitTracerConfig,
        folder.readYaml(CONFIG_FILE),
        'LOUPE_BAD_FILE',
        `${folder.path}/${CONFIG_FILE} is not valid`,
      )
    : {};
  const inBlock = (hook: string) => {
    const own = hook.replace('{layer}', String(layer)).replace(`blocks.${layer}.`, '');
    return usualHook(`blocks.${layer}.${own}`);
  };
  return {
    hook: cardOrStated(card.hook, inBlock(config.feature_input_hook ?? 'hook_resid_mid')),
    outputHook: card.outputHook ?? inBlock(config.feature_output_hook ?? 'hook_mlp_out'),
  };
}
