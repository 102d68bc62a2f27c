import type { RankedFeature } from './ranking.ts';

/** How the list is ordered: one ranking, or a group for each source. */
export type Order = 'strongest' | 'source';

export type ListItem =
  | { type: 'feature'; row: RankedFeature /** Place among the features, from 0. */; index: number }
  | { type: 'source'; source: number; count: number };

/**
 * The ranking as the lines of a list. By source, groups stand in the order of `sources` (indices, top
 * first) under a heading with their number of features.
 */
export function listItems(
  rows: readonly RankedFeature[],
  order: Order,
  sources: readonly number[],
): ListItem[] {
  if (order === 'strongest') return rows.map((row, index) => ({ type: 'feature', row, index }));
  const groups = new Map<number, RankedFeature[]>();
  for (const row of rows) {
    const group = groups.get(row.source);
    if (group) group.push(row);
    else groups.set(row.source, [row]);
  }
  const items: ListItem[] = [];
  let index = 0;
  for (const source of sources) {
    const group = groups.get(source);
    if (!group) continue;
    items.push({ type: 'source', source, count: group.length });
    for (const row of group) items.push({ type: 'feature', row, index: index++ });
  }
  return items;
}
