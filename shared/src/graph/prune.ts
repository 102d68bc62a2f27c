import type { AttributionGraph, GraphNode, GraphView, NodeKind } from './attribution-graph.ts';
import { countedEdges, influenceOf, logitWeights, normalizedWeights } from './influence.ts';
import { topologicalOrder } from './order.ts';

/** Which nodes and edges of a graph are kept, 1 or 0 each. */
export interface Pruning {
  nodes: Uint8Array;
  edges: Uint8Array;
  /** How many are kept. */
  nodeCount: number;
  edgeCount: number;
}

export interface Thresholds {
  /** Share of influence that the kept nodes have together, 0 to 1. */
  nodeThreshold: number;
  /** Share of the edges' scores that the kept edges have together, 0 to 1. */
  edgeThreshold: number;
}

/** Ids that stay whatever the thresholds: what is pinned, what is in a group, what is chosen. */
export function keptIds({ pinned, groups, clicked }: GraphView): string[] {
  const kept = new Set([...pinned, ...groups.flatMap(({ members }) => members)]);
  if (clicked !== undefined) kept.add(clicked);
  return [...kept];
}

/** What must stay whatever it does: what is asked about, and what the prompt is made of. */
const ALWAYS_KEPT: ReadonlySet<NodeKind> = new Set(['embedding', 'position', 'bias', 'logit']);

/**
 * Prunes one graph again and again, as while a slider moves: what does not depend on the thresholds is
 * computed once.
 */
export class Pruner {
  readonly #graph: Pick<AttributionGraph, 'nodes' | 'edges'>;
  readonly #order: Int32Array;
  readonly #counted: Uint8Array;
  /** `[node]`, see `influenceOf` */
  readonly influence: Float64Array;
  readonly #ranked: Float64Array;

  constructor(graph: Pick<AttributionGraph, 'nodes' | 'edges'>) {
    const { nodes, edges } = graph;
    this.#graph = graph;
    this.#order = topologicalOrder(nodes.length, edges);
    this.#counted = countedEdges(graph);
    const normalized = normalizedWeights(nodes.length, edges, this.#counted);
    this.influence = influenceOf(graph, normalized, this.#order);
    this.#ranked = this.influence.toSorted().reverse();
  }

  /**
   * Keeps the most influential nodes up to the node threshold, then among them the edges of the highest
   * scores, `N[target, source] · (B[target] + w[target])`, up to the edge threshold, then drops features
   * and errors that no kept edge leaves and features that none enters (circuit-tracer, `prune_graph`).
   * Tokens, positions, logits and nodes that the reader holds on to always stay. Edges out of the bias have no score; the
   * kept ones are those into kept features and logits.
   *
   * @param held ids of nodes that stay, `keptIds` of a view
   */
  prune({ nodeThreshold, edgeThreshold }: Thresholds, held: Iterable<string> = []): Pruning {
    const { nodes, edges } = this.#graph;
    const stays = new Set(held);
    const always = Uint8Array.from(nodes, ({ kind, id }) =>
      ALWAYS_KEPT.has(kind) || stays.has(id) ? 1 : 0,
    );
    const least = thresholdValue(this.#ranked, nodeThreshold);
    const keptNodes = Uint8Array.from(this.influence, (value, node) =>
      always[node] === 1 || value >= least ? 1 : 0,
    );
    const among = edges.source.map((source, edge) =>
      this.#counted[edge] === 1 &&
      keptNodes[source] === 1 &&
      keptNodes[edges.target[edge] as number] === 1
        ? 1
        : 0,
    );
    const mask = Uint8Array.from(among);
    const scores = this.#edgeScores(mask);
    const leastScore = thresholdValue(scores.toSorted().reverse(), edgeThreshold);
    // A score of 0 is no edge at all: in circuit-tracer's dense matrix those are its blanks.
    const keptEdges = Uint8Array.from(scores, (score, edge) =>
      mask[edge] === 1 && score >= leastScore && score > 0 ? 1 : 0,
    );
    this.#dropLoose(keptNodes, keptEdges, always);
    this.#keepBias(keptNodes, keptEdges);
    return {
      nodes: keptNodes,
      edges: keptEdges,
      nodeCount: count(keptNodes),
      edgeCount: count(keptEdges),
    };
  }

  #edgeScores(mask: Uint8Array): Float64Array {
    const { nodes, edges } = this.#graph;
    const normalized = normalizedWeights(nodes.length, edges, mask);
    const influence = influenceOf(this.#graph, normalized, this.#order);
    const start = logitWeights(nodes);
    return normalized.map((share, edge) => {
      const target = edges.target[edge] as number;
      return share * ((influence[target] as number) + (start[target] as number));
    });
  }

  /** Takes out features and errors that lead nowhere, and features that come from nowhere. */
  #dropLoose(keptNodes: Uint8Array, keptEdges: Uint8Array, always: Uint8Array): void {
    const { nodes, edges } = this.#graph;
    for (let changed = true; changed; ) {
      changed = false;
      const leaves = new Uint8Array(nodes.length);
      const enters = new Uint8Array(nodes.length);
      for (const [edge, source] of edges.source.entries()) {
        const target = edges.target[edge] as number;
        if (keptNodes[source] === 0 || keptNodes[target] === 0) keptEdges[edge] = 0;
        if (keptEdges[edge] === 0) continue;
        leaves[source] = 1;
        enters[target] = 1;
      }
      for (const [node, { kind }] of nodes.entries()) {
        if (keptNodes[node] === 0 || always[node] === 1) continue;
        const isFeature = kind === 'attention' || kind === 'mlp';
        if (leaves[node] === 1 && (enters[node] === 1 || !isFeature)) continue;
        keptNodes[node] = 0;
        changed = true;
      }
    }
  }

  #keepBias(keptNodes: Uint8Array, keptEdges: Uint8Array): void {
    const { nodes, edges } = this.#graph;
    for (const [edge, source] of edges.source.entries()) {
      if ((nodes[source] as GraphNode).kind !== 'bias') continue;
      if (keptNodes[edges.target[edge] as number] === 1) keptEdges[edge] = 1;
    }
  }
}

/** The value at which falling values reach a share of their sum (circuit-tracer, `find_threshold`). */
function thresholdValue(falling: Float64Array, share: number): number {
  let total = 0;
  for (const value of falling) total += value;
  let sum = 0;
  for (const value of falling) {
    sum += value;
    if (sum / total >= share) return value;
  }
  return falling.at(-1) ?? 0;
}

function count(mask: Uint8Array): number {
  return mask.reduce((sum, kept) => sum + kept, 0);
}
