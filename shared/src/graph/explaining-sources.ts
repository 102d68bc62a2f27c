import type { SourceInfo } from '../wire/model.ts';

/** The parts of a layer that dictionaries explain. */
export type ExplainedPart = 'attention' | 'mlp';

/** A set whose dictionaries can explain a part of layers. */
export interface ExplainingSet {
  set: string;
  part: ExplainedPart;
  /** In rising order. */
  layers: number[];
}

/**
 * The sets that can explain a part in an attribution graph: that which covers most layers first, as it is
 * the one that is used unless another is named; of equal ones the first listed.
 *
 * @param sources that are installed
 */
export function explainingSets(
  sources: readonly SourceInfo[],
  part: ExplainedPart,
): ExplainingSet[] {
  const sets = new Map<string, number[]>();
  for (const source of sources) {
    if (source.kind !== part || whyUnfit(source) !== undefined) continue;
    sets.set(source.set, [...(sets.get(source.set) ?? []), writtenLayer(source)]);
  }
  return Array.from(sets, ([set, layers]) => ({
    set,
    part,
    layers: layers.sort((a, b) => a - b),
  })).sort((a, b) => b.layers.length - a.layers.length);
}

/**
 * Of each part of each layer the source that explains it, unless others are named: that of the first of
 * `explainingSets` that has the layer.
 *
 * @param prefer sets that go before all others, by part; a part that one of them has is left to it alone
 */
export function explainingSources(
  sources: readonly SourceInfo[],
  prefer: Partial<Record<ExplainedPart, string>> = {},
): SourceInfo[] {
  return (['attention', 'mlp'] as const).flatMap((part) => {
    const sets = explainingSets(sources, part);
    const chosen = sets.filter(({ set }) => set === prefer[part]);
    const found = new Map<number, SourceInfo>();
    for (const { set } of chosen.length > 0 ? chosen : sets) {
      for (const source of sources) {
        if (source.set !== set || source.kind !== part || whyUnfit(source) !== undefined) continue;
        const layer = writtenLayer(source);
        if (!found.has(layer)) found.set(layer, source);
      }
    }
    return [...found.values()];
  });
}

/** Why a source cannot be part of an attribution graph; `undefined` for one that can. */
export function whyUnfit({ kind, hook, outputHook }: SourceInfo): string | undefined {
  const from = HOOK.exec(hook);
  const to = HOOK.exec(outputHook);
  if (!from || !to || from[1] !== to[1]) return `it reads ${hook} and writes ${outputHook}`;
  switch (kind) {
    case 'attention':
      return hook === outputHook && ATTENTION_HOOKS.includes(from[2] as string)
        ? undefined
        : `it reads ${hook}, and of attention only what it writes itself can be explained`;
    case 'mlp':
      return MLP_INPUTS.includes(from[2] as string) && to[2] === 'hook_mlp_out'
        ? undefined
        : `it reads ${hook}, which earlier features do not reach linearly; a transcoder reads what goes into the MLP`;
    case 'residual':
      return 'it describes the residual stream, which the graph takes apart into what was written to it';
  }
}

/** The layer that a source writes in, whatever its own number is. */
function writtenLayer({ outputHook }: SourceInfo): number {
  return Number(HOOK.exec(outputHook)?.[1]);
}

const HOOK = /^blocks\.(\d+)\.(.+)$/;
/** What dictionaries of attention read and write, and what transcoders of the MLP read. */
const ATTENTION_HOOKS: readonly string[] = ['attn.hook_z', 'hook_attn_out'];
const MLP_INPUTS: readonly string[] = ['ln2.hook_normalized', 'hook_resid_mid'];
