import {
  type AttributionGraph,
  cumulativeInfluence,
  DEFAULT_NODE_THRESHOLD,
  emptyView,
  type GraphEdges,
  type GraphNode,
  LoupeError,
  MAX_GRAPH_LINKS,
} from '@loupe/shared';
import { TorchFile } from '../weights/pytorch/torch-file.ts';
import { readTracedNodes, type TokenTexts, type TracedNodes } from './circuit-tracer-nodes.ts';

/** Rows of the matrix that are read at once. */
const ROWS_AT_ONCE = 64;

/**
 * Reads a graph that circuit-tracer saved (`Graph.to_pt`, graph.py): its adjacency matrix has a row a
 * target and a column a source, both in the order features, errors, tokens, logits. Rows are read some at
 * a time, so that a matrix larger than memory can be read. Where there are more edges than a graph may
 * have, the nodes that `prune_graph` keeps at its own threshold stay.
 *
 * @param path of the file
 * @param texts finds the texts of its tokens, which it has as ids
 * @param mostEdges most edges of a graph
 * @throws LoupeError `LOUPE_BAD_GRAPH` for a file of something else, `LOUPE_GRAPH_TOO_LARGE`,
 *   `LOUPE_BAD_FILE`, `LOUPE_UNSAFE_FILE`
 */
export function* readCircuitTracerGraph(
  path: string,
  texts: TokenTexts,
  mostEdges = MAX_GRAPH_LINKS,
): Generator<undefined, AttributionGraph> {
  const file = TorchFile.open(path);
  try {
    const { nodes, ...about } = readTracedNodes(file, texts);
    const matrix = new Matrix(file, nodes);
    const { influence, edges: all } = yield* matrix.influence();
    const cumulative = cumulativeInfluence(influence);
    for (const [at, node] of nodes.entries()) {
      if (node.kind !== 'logit') node.influence = cumulative[at] as number;
    }
    const isPruned = all > mostEdges;
    const kept = isPruned ? prunedNodes(nodes, influence) : nodes.map(() => true);
    const edges = yield* matrix.edges(kept, mostEdges);
    const unused = [
      ...about.unused,
      ...(isPruned
        ? [
            `${all.toLocaleString('en')} edges are more than ${mostEdges.toLocaleString('en')}, so ` +
              `nodes past ${100 * DEFAULT_NODE_THRESHOLD} % of the influence are left out`,
          ]
        : []),
    ];
    return {
      ...about.graph,
      nodes: nodes.filter((_, at) => kept[at]),
      edges,
      quality: undefined,
      view: emptyView(),
      ...(unused.length > 0 && { unused }),
    };
  } finally {
    file.close();
  }
}

/** The most influential nodes that together have the threshold's share, and all tokens and logits. */
function prunedNodes(nodes: readonly GraphNode[], influence: Float64Array): boolean[] {
  const sorted = Float64Array.from(influence).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let least = 0;
  let sum = 0;
  for (const value of sorted) {
    sum += value;
    least = value;
    if (sum >= DEFAULT_NODE_THRESHOLD * total) break;
  }
  return nodes.map(
    ({ kind }, at) =>
      kind === 'embedding' || kind === 'logit' || (influence[at] as number) >= least,
  );
}

/** The adjacency matrix on disk: the rows that may hold something, those of late layers first. */
class Matrix {
  readonly #file: TorchFile;
  readonly #nodes: TracedNodes['nodes'];
  readonly #targets: readonly number[];

  /** @throws LoupeError `LOUPE_BAD_GRAPH` if it is no square of so many nodes */
  constructor(file: TorchFile, nodes: TracedNodes['nodes']) {
    const { shape } = file.info(NAME);
    if (shape.length !== 2 || shape.some((length) => length !== nodes.length)) {
      throw new LoupeError(
        'LOUPE_BAD_GRAPH',
        `${file.path}: ${NAME} is [${shape.join(', ')}], and there are ${nodes.length} nodes.`,
      );
    }
    this.#file = file;
    this.#nodes = nodes;
    const takesInputs = ({ kind }: GraphNode) => kind === 'mlp' || kind === 'logit';
    this.#targets = [...nodes.keys()]
      .filter((at) => takesInputs(nodes[at] as GraphNode))
      .sort((a, b) => (nodes[b] as GraphNode).layer - (nodes[a] as GraphNode).layer || a - b);
  }

  /**
   * Influence of each node on the logits (graph.py, `compute_node_influence`): effects go from layer to
   * layer, so one pass from the logits back is the whole series.
   *
   * @returns `[node]`, and how many entries are not zero
   */
  *influence(): Generator<undefined, { influence: Float64Array; edges: number }> {
    const influence = new Float64Array(this.#nodes.length);
    let edges = 0;
    for (const [target, row] of this.#rows(this.#targets)) {
      const { layer, probability = 0 } = this.#nodes[target] as GraphNode;
      let size = 0;
      for (const [source, weight] of row.entries()) {
        if (weight === 0) continue;
        if (!((this.#nodes[source] as GraphNode).layer < layer)) throw backwards(this.#file);
        edges++;
        size += Math.abs(weight);
      }
      const passed = ((influence[target] as number) + probability) / Math.max(size, 1e-10);
      if (!Number.isFinite(passed) || !Number.isFinite(size)) throw notFinite(this.#file);
      if (passed > 0) {
        for (const [source, weight] of row.entries()) {
          if (weight !== 0)
            influence[source] = (influence[source] as number) + passed * Math.abs(weight);
        }
      }
      yield;
    }
    return { influence, edges };
  }

  /** The edges among the nodes that are kept, as a graph has them. */
  *edges(kept: readonly boolean[], most: number): Generator<undefined, GraphEdges> {
    const place = new Int32Array(kept.length);
    let next = 0;
    for (const [at, isKept] of kept.entries()) place[at] = isKept ? next++ : -1;
    const found: { source: number; target: number; weight: number }[][] = [];
    let count = 0;
    const targets = this.#targets.filter((at) => kept[at]).sort((a, b) => a - b);
    for (const [at, row] of this.#rows(targets)) {
      const target = place[at] as number;
      const inputs = Array.from(row, (weight, source) => ({
        source: place[source] as number,
        target,
        weight,
      })).filter(({ source, weight }) => weight !== 0 && source >= 0);
      count += inputs.length;
      if (count > most) {
        throw new LoupeError(
          'LOUPE_GRAPH_TOO_LARGE',
          `${this.#file.path} has more than ${most.toLocaleString('en')} edges even when it is ` +
            'pruned. Attribute with a smaller max_feature_nodes, or prune it in circuit-tracer.',
        );
      }
      found.push(inputs.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)));
      yield;
    }
    const edges = found.flat();
    return {
      source: Int32Array.from(edges, ({ source }) => source),
      target: Int32Array.from(edges, ({ target }) => target),
      weight: Float32Array.from(edges, ({ weight }) => weight),
    };
  }

  /** Rows by number, neighbours read together. */
  *#rows(numbers: readonly number[]): Generator<[row: number, values: Float32Array]> {
    const width = this.#nodes.length;
    for (let from = 0; from < numbers.length; ) {
      const first = numbers[from] as number;
      let to = from + 1;
      while (to < numbers.length && to - from < ROWS_AT_ONCE && numbers[to] === first + to - from)
        to++;
      const block = this.#file.readRows(NAME, first, first + to - from);
      for (let i = 0; i < to - from; i++) {
        yield [first + i, block.subarray(i * width, (i + 1) * width)];
      }
      from = to;
    }
  }
}

const NAME = 'adjacency_matrix';

function backwards({ path }: TorchFile): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_GRAPH',
    `${path}: ${NAME} has an effect on a node of the same layer or an earlier one.`,
  );
}

function notFinite({ path }: TorchFile): LoupeError {
  return new LoupeError('LOUPE_BAD_GRAPH', `${path}: ${NAME} holds what is no finite number.`);
}
