import {
  explainingSources,
  type GraphMode,
  LoupeError,
  type SourceInfo,
  whyUnfit,
} from '@loupe/shared';
import { blockLayer } from '../../model/hooks.ts';

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
  const ranked = named ? fitting : explainingSources(fitting);
  return Array.from({ length: layers }, (_, layer) => ({
    attention: mode === 'frozen' ? undefined : pick(ranked, 'attention', layer, named),
    mlp: pick(ranked, 'mlp', layer, named),
  }));
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
