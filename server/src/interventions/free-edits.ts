import type { SourceInfo } from '@loupe/shared';
import { type HookEdits, hookName } from '../model/hooks.ts';
import type { CleanRun } from './clean-run.ts';
import { hookEdits, type Intervened, type ObserveActivations } from './hook-edits.ts';
import type { ErrorScale, Intervention } from './intervention.ts';
import type { Plan } from './plan.ts';

/**
 * A plan carried out in the model itself: changed features add what they write to the true value, and all
 * that comes later goes on from there, errors included. At one hook what is written there comes first, then
 * what is changed of its own, then dictionaries that only look on, and heads last.
 *
 * @param observe told the activations of every source; without it only what is changed is encoded
 */
export function freeEdits(
  { layers, features }: Plan,
  clean: CleanRun,
  model: Intervened,
  observe?: ObserveActivations,
): HookEdits {
  const scales = new Map<string, ErrorScale[]>();
  const wholeOutputs: Intervention[] = [];
  const heads: Intervention[] = [];
  for (const [layer, changed] of layers.entries()) {
    const z = hookName(layer, 'attn.hook_z');
    const parts = [
      ['attention', z],
      ['mlp', hookName(layer, 'hook_mlp_out')],
    ] as const;
    for (const [part, hook] of parts) {
      const source = clean.sources[layer]?.[part];
      if (source) scales.set(source.id, changed[part]);
      // Without a dictionary all is error.
      else wholeOutputs.push(...changed[part].map((error) => ({ hook, ...error })));
    }
    heads.push(...changed.heads.map((head) => ({ hook: z, ...head })));
  }
  const own = ({ hook, outputHook }: SourceInfo) => hook === outputHook;
  const isChanged = ({ id }: SourceInfo) => features.has(id) || (scales.get(id)?.length ?? 0) > 0;
  const intervention = ({ id }: SourceInfo): Intervention => {
    const errors = scales.get(id) ?? [];
    return {
      source: id,
      error: errors.length > 0 ? errors : 'keep',
      features: features.get(id) ?? [],
    };
  };
  const changed = clean.all.filter(isChanged);
  const watched = observe ? clean.all.filter((source) => !isChanged(source)) : [];
  return hookEdits(
    [
      ...changed.filter((source) => !own(source)).map(intervention),
      ...changed.filter(own).map(intervention),
      ...wholeOutputs,
      ...watched.map(intervention),
      ...heads,
    ],
    model,
    observe,
  );
}
