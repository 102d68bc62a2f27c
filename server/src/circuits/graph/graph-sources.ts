import { type GraphMode, LoupeError, type SourceInfo } from '@loupe/shared';
import { type BlockHook, blockLayer, parseHook } from '../../model/hooks.ts';

/** The dictionaries that explain one layer. */
export interface LayerSources {
  attention: SourceInfo | undefined;
  mlp: SourceInfo | undefined;
}

type Part = keyof LayerSources;

/**
 * The sources of each layer that an attribution graph is made of.
 *
 * @param sources those named, or all that are installed
 * @param named true if someone chose them; then each must fit, and only one a part of a layer
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for one that cannot be in a graph,
 *   `LOUPE_BAD_REQUEST` for two of the same part of a layer
 */
export function graphSources(
  sources: readonly SourceInfo[],
  named: boolean,
  layers: number,
  mode: GraphMode,
): LayerSources[] {
  const fitting = named ? sources : sources.filter((source) => whyUnfit(source) === undefined);
  for (const source of fitting) {
    const reason = whyUnfit(source);
    if (reason !== undefined) {
      throw new LoupeError(
        'LOUPE_UNSUPPORTED_DICTIONARY',
        `${source.id} cannot be part of an attribution graph: ${reason}. Leave it out.`,
      );
    }
  }
  const ranked = named ? fitting : bySetSize(fitting);
  return Array.from({ length: layers }, (_, layer) => ({
    attention: mode === 'frozen' ? undefined : pick(ranked, 'attention', layer, named),
    mlp: pick(ranked, 'mlp', layer, named),
  }));
}

/** What dictionaries of attention read and write, and what transcoders of the MLP read. */
const ATTENTION_HOOKS: readonly BlockHook[] = ['attn.hook_z', 'hook_attn_out'];
const MLP_INPUTS: readonly BlockHook[] = ['ln2.hook_normalized', 'hook_resid_mid'];

/** Why a source cannot be part of an attribution graph; `undefined` for one that can. */
export function whyUnfit({ kind, hook, outputHook }: SourceInfo): string | undefined {
  const from = parseHook(hook);
  const to = parseHook(outputHook);
  if (!from || !to || from.layer !== to.layer) return `it reads ${hook} and writes ${outputHook}`;
  switch (kind) {
    case 'attention':
      return hook === outputHook && ATTENTION_HOOKS.includes(from.hook)
        ? undefined
        : `it reads ${hook}, and of attention only what it writes itself can be explained`;
    case 'mlp':
      return MLP_INPUTS.includes(from.hook) && to.hook === 'hook_mlp_out'
        ? undefined
        : `it reads ${hook}, which earlier features do not reach linearly; a transcoder reads what goes into the MLP`;
    case 'residual':
      return 'it describes the residual stream, which the graph takes apart into what was written to it';
  }
}

/** Sources of the sets that cover most layers first, else as they are listed. */
function bySetSize(sources: readonly SourceInfo[]): SourceInfo[] {
  const sizes = new Map<string, number>();
  for (const { set } of sources) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  return sources.toSorted((a, b) => (sizes.get(b.set) ?? 0) - (sizes.get(a.set) ?? 0));
}

function pick(
  sources: readonly SourceInfo[],
  part: Part,
  layer: number,
  named: boolean,
): SourceInfo | undefined {
  const found = sources.filter(
    ({ kind, outputHook }) => kind === part && blockLayer(outputHook) === layer,
  );
  const [first, second] = found;
  if (named && first && second) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `${first.id} and ${second.id} both explain the ${part} of layer ${layer}. Name only one of them.`,
    );
  }
  return first;
}
