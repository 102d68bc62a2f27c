import { emptyView, type GraphNode, type GraphView } from './attribution-graph.ts';
import { bad, type Fields, isRecord, list, text } from './untrusted.ts';

/** Thresholds that a file states. */
interface Thresholds {
  nodeThreshold: number | undefined;
  edgeThreshold: number | undefined;
}

/**
 * What a reader had made of the graph. Ids that name no node are dropped: pins outlive a pruning.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH`
 */
export function readView(
  json: unknown,
  loupe: Fields | undefined,
  nodes: readonly GraphNode[],
  thresholds: Thresholds,
): GraphView {
  const preset = emptyView();
  const params = json === undefined ? {} : isRecord(json) ? json : undefined;
  if (!params) throw bad('qParams is not an object');
  const ids = new Set(nodes.map(({ id }) => id));
  const known = (id: string) => ids.has(id);
  const pinned = list(params.pinnedIds ?? [], 'qParams.pinnedIds').map((id) =>
    text(id, 'qParams.pinnedIds'),
  );
  const own = isRecord(loupe?.view) ? loupe.view : {};
  const groups = readGroups(params.supernodes, known);
  const places = readPlaces(own.places);
  const clicked = params.clickedId;
  return {
    pinned: [...new Set(pinned.filter(known))],
    groups,
    labels: readLabels(own.labels, known),
    places,
    clicked: typeof clicked === 'string' && known(clicked) ? clicked : undefined,
    nodeThreshold: thresholds.nodeThreshold ?? preset.nodeThreshold,
    edgeThreshold: thresholds.edgeThreshold ?? preset.edgeThreshold,
  };
}

/** `[[label, id, …], …]`; a node that is in a group already stays there. */
function readGroups(json: unknown, known: (id: string) => boolean): GraphView['groups'] {
  const taken = new Set<string>();
  return list(json ?? [], 'qParams.supernodes').flatMap((entry) => {
    const [label = '', ...members] = list(entry, 'qParams.supernodes').map((part) =>
      text(part, 'qParams.supernodes'),
    );
    const fresh = [...new Set(members)].filter((id) => known(id) && !taken.has(id));
    for (const id of fresh) taken.add(id);
    return fresh.length > 0 ? [{ label, members: fresh }] : [];
  });
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
