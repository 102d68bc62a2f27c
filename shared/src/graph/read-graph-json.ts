import { LoupeError } from '../errors.ts';
import type { AttributionGraph, GraphEdges, GraphMode, GraphQuality } from './attribution-graph.ts';
import { topologicalOrder } from './order.ts';
import { type FeatureSets, readNodes } from './read-graph-nodes.ts';
import { readQuestion } from './read-graph-question.ts';
import { readView } from './read-graph-view.ts';
import { bad, type Fields, isRecord, list, numberOr, record, text } from './untrusted.ts';
import { unusedParts } from './unused-parts.ts';

/** Far beyond what can be looked at; a file past these bounds is refused before anything is built. */
export const MAX_GRAPH_NODES = 100_000;
export const MAX_GRAPH_LINKS = 3_000_000;

/**
 * Reads a graph in Neuronpedia's schema, whoever wrote it. Nothing in it is trusted: texts stay texts,
 * ids are looked up, numbers must be finite, links must not run in circles. A graph of circuit-tracer
 * has neither `loupe` fields nor distinct ids for errors; both are made up for.
 *
 * @param json the parsed file
 * @throws LoupeError `LOUPE_BAD_GRAPH` naming the first thing that is wrong, `LOUPE_GRAPH_TOO_LARGE`
 */
export function readGraphJson(json: unknown): AttributionGraph {
  const root = record(json, 'the graph');
  const metadata = record(root.metadata, 'metadata');
  const nodesJson = list(root.nodes, 'nodes');
  const linksJson = list(root.links, 'links');
  refuseLarge('nodes', nodesJson.length, MAX_GRAPH_NODES);
  refuseLarge('links', linksJson.length, MAX_GRAPH_LINKS);
  const tokens = list(metadata.prompt_tokens, 'metadata.prompt_tokens').map((token, position) =>
    text(token, `metadata.prompt_tokens[${position}]`),
  );
  const loupe = isRecord(metadata.loupe) ? metadata.loupe : undefined;
  const { nodes, layers, indexOf, twinOf } = readNodes(
    nodesJson,
    tokens.length,
    loupe,
    readSets(metadata.feature_details),
  );
  const { edges, heads } = readLinks(linksJson, indexOf, twinOf);
  topologicalOrder(nodes.length, edges);
  const { view, lost } = readView(root.qParams, loupe, nodes, nodesJson, {
    nodeThreshold: share(pruning(metadata).node_threshold ?? metadata.node_threshold),
    edgeThreshold: share(pruning(metadata).edge_threshold),
  });
  const unused = [...readUnused(loupe), ...unusedParts(root, metadata), ...lost];
  return {
    model: text(metadata.scan, 'metadata.scan'),
    slug: text(metadata.slug, 'metadata.slug'),
    prompt: text(metadata.prompt, 'metadata.prompt'),
    tokens,
    mode: readMode(loupe),
    ...readQuestion(loupe, tokens.length),
    layers,
    nodes,
    edges,
    quality: readQuality(loupe),
    ...(heads.size > 0 && { heads }),
    view,
    ...(unused.length > 0 && { unused }),
  };
}

function share(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined;
}

function pruning(metadata: Fields): Fields {
  return isRecord(metadata.pruning_settings) ? metadata.pruning_settings : {};
}

function refuseLarge(what: string, count: number, bound: number): void {
  if (count <= bound) return;
  throw new LoupeError(
    'LOUPE_GRAPH_TOO_LARGE',
    `The graph has ${count.toLocaleString('en')} ${what}; Loupe opens at most ` +
      `${bound.toLocaleString('en')}. Prune it before it is saved, or set maxNodes.`,
  );
}

/** What was not used when the graph was first opened, which whoever has it since should know too. */
function readUnused(loupe: Fields | undefined): string[] {
  const names = loupe?.unused;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function readSets(details: unknown): FeatureSets {
  const set = (key: string) => {
    const name = isRecord(details) ? details[key] : undefined;
    return typeof name === 'string' && name !== '' ? name : undefined;
  };
  return { mlp: set('neuronpedia_source_set'), attention: set('neuronpedia_lorsa_source_set') };
}

type Heads = NonNullable<AttributionGraph['heads']>;

/** Links as columns, sorted by target, then by falling |weight|. */
function readLinks(
  links: readonly unknown[],
  indexOf: ReadonlyMap<string, number>,
  twinOf: ReadonlyMap<number, number>,
): { edges: GraphEdges; heads: Heads } {
  const source = new Int32Array(links.length);
  const target = new Int32Array(links.length);
  const weight = new Float32Array(links.length);
  const headsOf = new Map<number, [number, number][]>();
  const seen = new Set<number>();
  const nodes = indexOf.size + twinOf.size;
  for (const [at, json] of links.entries()) {
    const link = record(json, `links[${at}]`);
    const end = (key: 'source' | 'target'): number => {
      const index = indexOf.get(text(link[key], `links[${at}].${key}`));
      if (index === undefined) throw bad(`links[${at}].${key} names no node`);
      return index;
    };
    const value = link.weight;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw bad(`links[${at}].weight is not a finite number`);
    }
    target[at] = end('target');
    let from = end('source');
    const pair = (index: number) => index * (nodes + 1) + (target[at] as number);
    // Where an error and a feature share one id, the file has their links in the order of the nodes.
    if (seen.has(pair(from))) from = twinOf.get(from) ?? from;
    if (seen.has(pair(from))) throw bad(`links[${at}] joins two nodes that are joined already`);
    seen.add(pair(from));
    source[at] = from;
    weight[at] = value;
    if (link.loupe !== undefined) {
      const heads = readHeads(record(link.loupe, `links[${at}].loupe`).heads, at);
      if (heads) headsOf.set(at, heads);
    }
  }
  const order = Uint32Array.from(weight.keys()).sort(
    (a, b) =>
      (target[a] as number) - (target[b] as number) ||
      Math.abs(weight[b] as number) - Math.abs(weight[a] as number),
  );
  const heads = new Map<number, [number, number][]>();
  if (headsOf.size > 0) {
    for (const [edge, link] of order.entries()) {
      const found = headsOf.get(link);
      if (found) heads.set(edge, found);
    }
  }
  const edges = {
    source: source.map((_, edge) => source[order[edge] as number] as number),
    target: target.map((_, edge) => target[order[edge] as number] as number),
    weight: weight.map((_, edge) => weight[order[edge] as number] as number),
  };
  return { edges, heads };
}

function readHeads(json: unknown, at: number): [number, number][] | undefined {
  if (json === undefined) return undefined;
  return list(json, `links[${at}].loupe.heads`).map((entry) => {
    if (
      !Array.isArray(entry) ||
      !Number.isInteger(entry[0]) ||
      typeof entry[1] !== 'number' ||
      !Number.isFinite(entry[1])
    ) {
      throw bad(`links[${at}].loupe.heads holds something else than [head, weight]`);
    }
    return [entry[0], entry[1]];
  });
}

function readMode(loupe: Fields | undefined): GraphMode | undefined {
  return loupe?.mode === 'features' || loupe?.mode === 'frozen' ? loupe.mode : undefined;
}

function readQuality(loupe: Fields | undefined): GraphQuality | undefined {
  if (typeof loupe?.exactness !== 'number') return undefined;
  return {
    exactness: numberOr(loupe.exactness, 0),
    replacement: numberOr(loupe.replacement, 0),
    completeness: numberOr(loupe.completeness, 0),
    omittedInfluence: numberOr(loupe.omittedInfluence, 0),
    ...optionalNumbers(loupe, ['omittedFirst', 'prunedNodes', 'prunedEdges']),
  };
}

function optionalNumbers<K extends string>(
  fields: Fields,
  keys: readonly K[],
): Partial<Record<K, number>> {
  const found: Partial<Record<K, number>> = {};
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'number' && Number.isFinite(value)) found[key] = value;
  }
  return found;
}
