import { type Download, type DownloadRequest, layerRanges } from '@loupe/shared';
import { isActive } from './download-progress.ts';
import type { ModelEntry, SetEntry } from './entries.ts';

/** Layers of each set, by the set's id. */
export type Choice = ReadonlyMap<string, ReadonlySet<number>>;

/** Layers of a set that are in the catalogue and not installed. */
export function missingLayers({ layers }: SetEntry): number[] {
  return layers.filter(({ source, offered }) => offered && !source).map(({ layer }) => layer);
}

/** What of a model is chosen until the reader chooses: all that the three jobs need. */
export function defaultChoice({ sets }: ModelEntry): Choice {
  return new Map(
    sets
      .filter(({ offered }) => offered?.default)
      .map((set) => [set.id, new Set(missingLayers(set))]),
  );
}

/** A choice with these layers of a set in place of the former. */
export function withLayers(choice: Choice, set: string, layers: Iterable<number>): Choice {
  return new Map(choice).set(set, new Set(layers));
}

/** A choice with one layer taken or let go. */
export function withToggled(choice: Choice, set: string, layer: number): Choice {
  const layers = new Set(choice.get(set));
  if (!layers.delete(layer)) layers.add(layer);
  return withLayers(choice, set, layers);
}

/** The layers that are on their way already. */
export function busyLayers(entry: ModelEntry, downloads: readonly Download[]): Choice {
  let busy: Choice = new Map();
  for (const { request } of downloads.filter(isActive)) {
    if (request.model !== entry.id) continue;
    for (const set of entry.sets) {
      const all = set.layers.map(({ layer }) => layer);
      const asked = request.sets
        ? request.sets.filter(({ id }) => id === set.id).flatMap(({ layers }) => layers ?? all)
        : set.offered?.default
          ? all
          : [];
      busy = withLayers(busy, set.id, [...(busy.get(set.id) ?? []), ...asked]);
    }
  }
  return busy;
}

/** What a download takes, and what it costs. */
export interface Plan {
  request: DownloadRequest;
  bytes: number;
  parts: { name: string; note: string; bytes: number }[];
}

/** The download that a choice comes to; undefined when there is nothing to download. */
export function planOf(
  entry: ModelEntry,
  choice: Choice,
  downloads: readonly Download[],
): Plan | undefined {
  const { offered, installed } = entry;
  if (!offered) return undefined;
  const busy = busyLayers(entry, downloads);
  const coming = downloads.some((each) => isActive(each) && each.model === entry.id);
  const parts: Plan['parts'] = [];
  if (!installed && !coming) parts.push({ name: offered.name, note: '', bytes: offered.bytes });
  const sets: NonNullable<DownloadRequest['sets']> = [];
  for (const set of entry.sets) {
    const taken = set.layers.filter(
      ({ layer, source, offered }) =>
        offered && !source && choice.get(set.id)?.has(layer) && !busy.get(set.id)?.has(layer),
    );
    if (taken.length === 0) continue;
    const layers = taken.map(({ layer }) => layer);
    const whole = taken.length === set.offered?.layers.length;
    sets.push(whole ? { id: set.id } : { id: set.id, layers });
    parts.push({
      name: set.id,
      note: whole ? 'all layers' : layerRanges(layers),
      bytes: taken.reduce((sum, { offered }) => sum + (offered?.bytes ?? 0), 0),
    });
  }
  if (parts.length === 0) return undefined;
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { request: { model: entry.id, sets }, bytes, parts };
}
