import type { ModelInfo, SourceKind } from '@loupe/shared';

/** Sets that run side by side by default; of more, one for each kind of part runs. */
export const MAX_DEFAULT_SETS = 3;

/** An installed set, as much as a choice among them needs. */
export interface SetOption {
  set: string;
  kind: SourceKind;
  /** Layers that it has dictionaries for. */
  layers: number;
}

/** The installed sets of a model in the order in which they are listed. */
export function setOptions(model: Pick<ModelInfo, 'sources'> | undefined): SetOption[] {
  const found = new Map<string, SetOption>();
  for (const { set, kind } of model?.sources ?? []) {
    const option = found.get(set);
    if (option) option.layers += 1;
    else found.set(set, { set, kind, layers: 1 });
  }
  return [...found.values()];
}

/**
 * The sets that run where the reader has not chosen: all of them, or of many the one with the most layers
 * for attention and the one with the most for MLPs, the first listed of equals; where there is neither,
 * the one with the most layers.
 */
export function defaultSets(options: readonly SetOption[]): string[] {
  if (options.length <= MAX_DEFAULT_SETS) return options.map(({ set }) => set);
  const byLayers = options.toSorted((a, b) => b.layers - a.layers);
  const parts = (['attention', 'mlp'] as const).flatMap(
    (part) => byLayers.find(({ kind }) => kind === part) ?? [],
  );
  return (parts.length > 0 ? parts : byLayers.slice(0, 1)).map(({ set }) => set);
}

/**
 * The sets that run: those chosen that are installed, or those by default where none of them is.
 *
 * @param chosen undefined where the reader has not chosen
 */
export function setsThatRun(
  options: readonly SetOption[],
  chosen: readonly string[] | undefined,
): string[] {
  const found = options.filter(({ set }) => chosen?.includes(set)).map(({ set }) => set);
  return found.length > 0 ? found : defaultSets(options);
}

const KEY = 'loupe.sets';

/** What the reader has chosen in this browser, by model. */
export function rememberedSets(): Record<string, readonly string[]> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    const entries = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
    return Object.fromEntries(
      entries.filter(
        (entry): entry is [string, string[]] =>
          Array.isArray(entry[1]) && entry[1].every((set) => typeof set === 'string'),
      ),
    );
  } catch {
    // Storage may be forbidden, or hold what another program wrote: then there is no choice yet.
    return {};
  }
}

/** Keeps a choice for the next visit; `undefined` goes back to the default. */
export function rememberSets(model: string, sets: readonly string[] | undefined): void {
  const { [model]: _, ...others } = rememberedSets();
  try {
    localStorage.setItem(KEY, JSON.stringify(sets ? { ...others, [model]: sets } : others));
  } catch {
    // It holds for as long as the page is open.
  }
}
