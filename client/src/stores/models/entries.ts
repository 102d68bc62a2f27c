import type {
  CatalogueLayer,
  CatalogueModel,
  CatalogueSet,
  InstalledSet,
  ModelInfo,
  SourceInfo,
  SourceKind,
} from '@loupe/shared';

/** One layer of a set: installed, in the catalogue, or both. */
export interface LayerEntry {
  layer: number;
  source: SourceInfo | undefined;
  offered: CatalogueLayer | undefined;
}

/** A set of a model: installed in part or whole, in the catalogue, or both. */
export interface SetEntry {
  id: string;
  name: string;
  kind: SourceKind;
  installed: InstalledSet | undefined;
  offered: CatalogueSet | undefined;
  /** In the order of the layers. */
  layers: LayerEntry[];
}

/** A model: installed, in the catalogue, or both. */
export interface ModelEntry {
  id: string;
  name: string;
  description: string;
  installed: ModelInfo | undefined;
  offered: CatalogueModel | undefined;
  sets: SetEntry[];
}

function byLayer(a: { layer: number }, b: { layer: number }): number {
  return a.layer - b.layer;
}

function mergeSet(
  installed: InstalledSet | undefined,
  offered: CatalogueSet | undefined,
  model: ModelInfo | undefined,
): SetEntry | undefined {
  const known = offered ?? installed;
  if (!known) return undefined;
  const { id, name, kind } = known;
  const sources = model?.sources.filter(({ set }) => set === id) ?? [];
  const layers = new Map<number, LayerEntry>();
  for (const each of offered?.layers ?? []) {
    layers.set(each.layer, { layer: each.layer, source: undefined, offered: each });
  }
  for (const source of sources) {
    const { layer } = source;
    layers.set(layer, { layer, source, offered: layers.get(layer)?.offered });
  }
  return { id, name, kind, installed, offered, layers: [...layers.values()].sort(byLayer) };
}

const KINDS: readonly SourceKind[] = ['attention', 'mlp', 'residual'];

/** What serves the three jobs, then what is installed, then the rest by kind and id. */
function bySet(a: SetEntry, b: SetEntry): number {
  const rank = ({ offered, installed }: SetEntry) => (offered?.default ? 0 : installed ? 1 : 2);
  return (
    rank(a) - rank(b) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    a.id.localeCompare(b.id, 'en', { numeric: true })
  );
}

function mergeModel(
  installed: ModelInfo | undefined,
  offered: CatalogueModel | undefined,
): ModelEntry | undefined {
  const known = installed ?? offered;
  if (!known) return undefined;
  const installedSets = new Map(installed?.sets.map((set) => [set.id, set]));
  const offeredSets = new Map(offered?.sets.map((set) => [set.id, set]));
  const ids = new Set([...offeredSets.keys(), ...installedSets.keys()]);
  const sets = Array.from(ids, (id) =>
    mergeSet(installedSets.get(id), offeredSets.get(id), installed),
  ).filter((set) => set !== undefined);
  const { id, name, description } = known;
  return { id, name, description, installed, offered, sets: sets.sort(bySet) };
}

/** Those with what the three jobs need come first, then the smaller before the larger. */
function byUse(a: CatalogueModel, b: CatalogueModel): number {
  const ready = ({ sets }: CatalogueModel) => Number(sets.some((set) => set.default));
  return ready(b) - ready(a) || a.parameters - b.parameters;
}

/** All models with all that is known of them: the installed ones first, then those of the catalogue. */
export function mergeModels(
  installed: readonly ModelInfo[],
  offered: readonly CatalogueModel[],
): ModelEntry[] {
  const here = new Map(installed.map((model) => [model.id, model]));
  const there = new Map([...offered].sort(byUse).map((model) => [model.id, model]));
  const ids = new Set([...here.keys(), ...there.keys()]);
  return Array.from(ids, (id) => mergeModel(here.get(id), there.get(id))).filter(
    (model) => model !== undefined,
  );
}

/** Number of layers that sets of the model can have. */
export function layerCount({ installed, sets }: ModelEntry): number {
  const highest = Math.max(-1, ...sets.flatMap((set) => set.layers.map(({ layer }) => layer)));
  return Math.max(installed?.architecture.layers ?? 0, highest + 1);
}

/** Bytes on disk of what is installed of a set; undefined where nothing says. */
export function installedBytes({ layers }: SetEntry): number | undefined {
  const known = layers.map(({ source }) => source?.bytes).filter((bytes) => bytes !== undefined);
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : undefined;
}
