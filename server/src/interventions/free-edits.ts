import type { LayerSources } from '../circuits/graph/graph-sources.ts';
import { type HookEdits, hookName } from '../model/hooks.ts';
import { hookEdits, type Intervened, type ObserveActivations } from './hook-edits.ts';
import type { Intervention } from './intervention.ts';
import type { Plan } from './plan.ts';

/**
 * A plan carried out in the model itself: changed features add what they write to the true value, and all
 * that comes later goes on from there, errors included.
 *
 * @param observe told the activations of every source; without it only what is changed is encoded
 */
export function freeEdits(
  plan: Plan,
  sources: readonly LayerSources[],
  model: Intervened,
  observe?: ObserveActivations,
): HookEdits {
  const interventions = plan.flatMap(({ attention, mlp, heads }, layer): Intervention[] => {
    const parts = [
      { plan: attention, source: sources[layer]?.attention, hook: hookName(layer, 'attn.hook_z') },
      { plan: mlp, source: sources[layer]?.mlp, hook: hookName(layer, 'hook_mlp_out') },
    ];
    const ofParts = parts.flatMap(
      ({ plan: { features, errors }, source, hook }): Intervention[] => {
        // Without a dictionary all is error.
        if (!source) return errors.map((error) => ({ hook, ...error }));
        const changes = features.length + errors.length > 0;
        if (!changes && !observe) return [];
        return [{ source: source.id, error: errors.length > 0 ? errors : 'keep', features }];
      },
    );
    const ofHeads = heads.map((head) => ({ hook: hookName(layer, 'attn.hook_z'), ...head }));
    return [...ofParts, ...ofHeads];
  });
  return hookEdits(interventions, model, observe);
}
