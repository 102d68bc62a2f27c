import { emptyView, type GraphNode, type GraphView } from './attribution-graph.ts';
import { bad, type Fields, isRecord, list, record, text } from './untrusted.ts';

/** Thresholds that a file states. */
interface Thresholds {
  nodeThreshold: number | undefined;
  edgeThreshold: number | undefined;
}

/**
 * What a reader had made of the graph, here or on the pages of Neuronpedia and circuit-tracer, which save
 * lists as lists or as text. Ids that name no node are dropped, for pins outlive a pruning, and said.
 *
 * @param nodesJson the nodes as the file has them, for labels that are given by their numbers
 * @returns the view, and what of it was dropped, in words
 * @throws LoupeError `LOUPE_BAD_GRAPH`
 */
export function readView(
  json: unknown,
  loupe: Fields | undefined,
  nodes: readonly GraphNode[],
  nodesJson: readonly unknown[],
  thresholds: Thresholds,
): { view: GraphView; lost: string[] } {
  const preset = emptyView();
  const params = record(json ?? {}, 'qParams');
  const ids = new Set(nodes.map(({ id }) => id));
  const known = (id: string) => ids.has(id);
  const pinned = listOrText(params.pinnedIds, 'qParams.pinnedIds').map((id) =>
    text(id, 'qParams.pinnedIds'),
  );
  const own = isRecord(loupe?.view) ? loupe.view : {};
  const groups = readGroups(listOrText(params.supernodes, 'qParams.supernodes'));
  const clerps = readClerps(listOrText(params.clerps, 'qParams.clerps'), nodes, nodesJson);
  const clicked = params.clickedId;
  const members = groups.flatMap((group) => group.members);
  return {
    view: {
      pinned: [...new Set(pinned.filter(known))],
      groups: freshGroups(groups, known),
      labels: { ...clerps.labels, ...readLabels(own.labels, known) },
      places: readPlaces(own.places),
      clicked: typeof clicked === 'string' && known(clicked) ? clicked : undefined,
      nodeThreshold: thresholds.nodeThreshold ?? preset.nodeThreshold,
      edgeThreshold: thresholds.edgeThreshold ?? preset.edgeThreshold,
    },
    lost: [
      ...counted('pins', pinned.filter((id) => !known(id)).length),
      ...counted('members of groups', members.filter((id) => !known(id)).length),
      ...counted('labels', clerps.lost),
    ],
  };
}

function counted(what: string, count: number): string[] {
  return count === 0 ? [] : [`${count} ${what} of nodes that the file does not have`];
}

/** A list; as a text it is JSON, or ids with commas between them as circuit-tracer's addresses have them. */
function listOrText(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'string') return list(value ?? [], name);
  const trimmed = value.trim();
  if (trimmed === '') return [];
  if (!trimmed.startsWith('[')) return trimmed.split(',').map((id) => id.trim());
  try {
    return list(JSON.parse(trimmed), name);
  } catch {
    throw bad(`${name} is a text that is no list`);
  }
}

/** `[[label, id, …], …]` */
function readGroups(entries: readonly unknown[]): GraphView['groups'] {
  return entries.map((entry) => {
    const [label = '', ...members] = list(entry, 'qParams.supernodes').map((part) =>
      text(part, 'qParams.supernodes'),
    );
    return { label, members };
  });
}

/** Groups of nodes that are there; a node that is in a group already stays there. */
function freshGroups(
  groups: GraphView['groups'],
  known: (id: string) => boolean,
): GraphView['groups'] {
  const taken = new Set<string>();
  return groups.flatMap(({ label, members }) => {
    const fresh = [...new Set(members)].filter((id) => known(id) && !taken.has(id));
    for (const id of fresh) taken.add(id);
    return fresh.length > 0 ? [{ label, members: fresh }] : [];
  });
}

/**
 * `[[key, label], …]`: the key is a node's id, or what circuit-tracer (`util-cg.js`) calls its feature, the
 * number in the file alone or as `<layer>_<number>[_<position>]`. A number is that of several nodes.
 */
function readClerps(
  entries: readonly unknown[],
  nodes: readonly GraphNode[],
  nodesJson: readonly unknown[],
): { labels: GraphView['labels']; lost: number } {
  if (entries.length === 0) return { labels: {}, lost: 0 };
  const byKey = new Map<string, string[]>();
  for (const [at, { id, kind }] of nodes.entries()) {
    const { layer, feature, ctx_idx } = nodesJson[at] as Fields;
    const place = `${layer}_${feature}`;
    // Errors and embeddings have numbers that are not their own.
    const isNumbered = kind === 'mlp' || kind === 'attention' || kind === 'logit';
    for (const key of isNumbered ? [id, `${feature}`, place, `${place}_${ctx_idx}`] : [id]) {
      const same = byKey.get(key);
      if (same) same.push(id);
      else byKey.set(key, [id]);
    }
  }
  const labels: [string, string][] = [];
  let lost = 0;
  for (const entry of entries) {
    const [key, label] = list(entry, 'qParams.clerps');
    const name = text(label ?? '', 'qParams.clerps');
    const ids =
      typeof key === 'string' || typeof key === 'number' ? byKey.get(`${key}`) : undefined;
    if (!ids) lost += 1;
    else if (name !== '') for (const id of ids) labels.push([id, name]);
  }
  return { labels: Object.fromEntries(labels), lost };
}

function readLabels(json: unknown, known: (id: string) => boolean): Record<string, string> {
  if (!isRecord(json)) return {};
  const entries = Object.entries(json).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && known(entry[0]),
  );
  return Object.fromEntries(entries);
}

function readPlaces(json: unknown): GraphView['places'] {
  if (!isRecord(json)) return {};
  const places: [string, [number, number]][] = [];
  for (const [key, place] of Object.entries(json)) {
    if (!Array.isArray(place)) continue;
    const [x, y] = place as unknown[];
    if (Number.isFinite(x) && Number.isFinite(y)) places.push([key, [x as number, y as number]]);
  }
  return Object.fromEntries(places);
}
