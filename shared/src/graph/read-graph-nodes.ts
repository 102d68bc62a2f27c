import { sourceId } from '../ids.ts';
import { type GraphNode, NODE_KINDS, type NodeKind } from './attribution-graph.ts';
import { cantorUnpair } from './cantor.ts';
import { nodeId } from './node-id.ts';
import { bad, type Fields, isRecord, numberOr, record, text } from './untrusted.ts';

/** The nodes of a file, and how its links name them. */
export interface ReadNodes {
  nodes: GraphNode[];
  /** Number of blocks of the model. */
  layers: number;
  /** Index of a node by the id that links use. */
  indexOf: Map<string, number>;
  /** Index of an error that has the id of a feature in the file, by the index of that feature. */
  twinOf: Map<number, number>;
}

/** Sets of features, `tres-dc`, as far as a file names them. */
export interface FeatureSets {
  mlp: string | undefined;
  attention: string | undefined;
}

/** Kinds by Neuronpedia's names; an unexplored node is a feature that nobody has looked at. */
const KINDS: ReadonlyMap<string, NodeKind> = new Map([
  ['cross layer transcoder', 'mlp'],
  ['unexplored node', 'mlp'],
  ['unknown', 'mlp'],
  ['lorsa', 'attention'],
  ['mlp reconstruction error', 'mlp-error'],
  ['lorsa error', 'attention-error'],
  ['embedding', 'embedding'],
  ['bias', 'bias'],
  ['logit', 'logit'],
]);

/**
 * @param sets names of the sets of features, as Neuronpedia's `feature_details` has them
 * @throws LoupeError `LOUPE_BAD_GRAPH`
 */
export function readNodes(
  json: readonly unknown[],
  positions: number,
  loupe: Fields | undefined,
  sets: FeatureSets,
): ReadNodes {
  const nodes: GraphNode[] = [];
  const indexOf = new Map<string, number>();
  const twinOf = new Map<number, number>();
  const ids = new Set<string>();
  for (const [at, entry] of json.entries()) {
    const node = readNode(record(entry, `nodes[${at}]`), `nodes[${at}]`, positions, sets);
    const before = indexOf.get(node.id);
    if (before !== undefined) {
      const first = nodes[before] as GraphNode;
      // circuit-tracer's error ids are also ids of features of layer 0.
      if (first.kind === node.kind || !node.kind.endsWith('-error') || twinOf.has(before)) {
        throw bad(`two nodes have the id of nodes[${at}]`);
      }
      twinOf.set(before, nodes.length);
      node.id = nodeId(node);
    } else {
      indexOf.set(node.id, nodes.length);
    }
    if (ids.has(node.id)) throw bad(`two nodes have the id of nodes[${at}]`);
    ids.add(node.id);
    nodes.push(node);
  }
  return { nodes, layers: settleLayers(nodes, loupe), indexOf, twinOf };
}

function readNode(json: Fields, name: string, positions: number, sets: FeatureSets): GraphNode {
  const id = text(json.node_id, `${name}.node_id`);
  const own = isRecord(json.loupe) ? json.loupe : undefined;
  const kind = readKind(json, own, name);
  const position = own?.position ?? json.ctx_idx;
  if (!isIndex(position) || (position >= positions && kind !== 'bias')) {
    throw bad(`${name} is at a position that the prompt does not have`);
  }
  const layer = readLayer(json, own, kind, name);
  const activation = own?.activation ?? json.activation;
  const influence = json.influence;
  return {
    id,
    kind,
    layer,
    source: readSource(own, kind, layer, sets),
    feature: readFeature(json, own, kind, layer, id, name),
    position,
    activation: numberOr(activation, kind === 'attention' || kind === 'mlp' ? 0 : 1),
    label: readLabel(json, own, name),
    ...(kind === 'logit' && readProbability(json, own)),
    ...readPromoted(own),
    ...readType(json, own),
    ...(typeof influence === 'number' && Number.isFinite(influence) && { influence }),
  };
}

/** Its own label: files of before had it under `label`, where the reader's words are now. */
function readLabel(json: Fields, own: Fields | undefined, name: string): string {
  for (const label of [own?.clerp, own?.label]) if (typeof label === 'string') return label;
  return text(json.clerp ?? '', `${name}.clerp`);
}

/** What a feature promotes, as Loupe writes it. */
function readPromoted(own: Fields | undefined): Partial<GraphNode> {
  return typeof own?.promotes === 'string' ? { promotes: own.promotes } : {};
}

/** A difference has a probability of its first token only. */
function readProbability(json: Fields, own: Fields | undefined): Partial<GraphNode> {
  const { tokenProbability } = own ?? {};
  return typeof tokenProbability === 'number' && Number.isFinite(tokenProbability)
    ? { tokenProbability }
    : { probability: numberOr(json.token_prob, 0) };
}

/** As the pages of others do, what is of no known type is taken for a feature, or an error if it says so. */
function readKind(json: Fields, own: Fields | undefined, name: string): NodeKind {
  const stated = NODE_KINDS.find((kind) => kind === own?.kind);
  if (stated) return stated;
  const type = text(json.feature_type, `${name}.feature_type`);
  return KINDS.get(type) ?? (type.includes('error') ? 'mlp-error' : 'mlp');
}

/** A type that is not known is kept by its name. */
function readType(json: Fields, own: Fields | undefined): Partial<GraphNode> {
  const type = json.feature_type;
  const isKnown = typeof type !== 'string' || own?.kind !== undefined || KINDS.has(type);
  const kept = typeof own?.featureType === 'string' ? own.featureType : undefined;
  const featureType = isKnown ? kept : type;
  return featureType === undefined ? {} : { featureType };
}

/** Which set a feature is of, where the file says so of all features of its kind. */
function readSource(
  own: Fields | undefined,
  kind: NodeKind,
  layer: number,
  sets: FeatureSets,
): string | undefined {
  if (own) return typeof own.source === 'string' ? own.source : undefined;
  const set = kind === 'mlp' || kind === 'attention' ? sets[kind] : undefined;
  return set === undefined ? undefined : sourceId(layer, set);
}

/** Logits get theirs once the number of blocks is known. */
function readLayer(json: Fields, own: Fields | undefined, kind: NodeKind, name: string): number {
  if (kind === 'embedding' || kind === 'position' || kind === 'bias') return -1;
  const layer = own?.layer ?? numberOf(json.layer) ?? Number.NaN;
  if (!isIndex(layer) || layer > 10_000) throw bad(`${name}.layer is not a layer`);
  return own === undefined && kind === 'logit' ? Math.max(layer - 1, 0) : layer;
}

/** circuit-tracer packs layer and feature into one number; its ids tell them apart. */
function readFeature(
  json: Fields,
  own: Fields | undefined,
  kind: NodeKind,
  layer: number,
  id: string,
  name: string,
): number {
  if (isIndex(own?.feature) || own?.feature === -1) return own.feature as number;
  if (kind.endsWith('-error') || kind === 'bias') return -1;
  const parts = id.split('_');
  if (kind === 'embedding') {
    const token = Number(parts[1]);
    return isIndex(token) ? token : -1;
  }
  const packed = numberOf(json.feature);
  const spelled = parts.length >= 3 ? numberOf(parts.at(-2)) : undefined;
  if (!isIndex(packed)) {
    if (json.feature === null && isIndex(spelled)) return spelled;
    throw bad(`${name}.feature is not a whole number, and its node_id tells none`);
  }
  if (kind === 'logit') return packed;
  const [first, second] = cantorUnpair(packed);
  if (first === layer) return second;
  return isIndex(spelled) ? spelled : packed;
}

/** A number, or a text that spells one. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

function settleLayers(nodes: readonly GraphNode[], loupe: Fields | undefined): number {
  if (isIndex(loupe?.layers) && loupe.layers <= 10_000) return loupe.layers;
  let layers = 0;
  for (const { kind, layer } of nodes)
    layers = Math.max(layers, kind === 'logit' ? layer : layer + 1);
  return layers;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
