import {
  type AttributionGraph,
  countedEdges,
  cumulativeInfluence,
  emptyView,
  type GraphEdges,
  type GraphMode,
  type GraphNode,
  type GraphQuestion,
  influenceOf,
  normalizedWeights,
  scoresOf,
} from '@loupe/shared';
import type { AttributedTargets } from './attribute-graph.ts';
import { edgeCount, keptNodes } from './edge-limit.ts';
import { biasNode, graphNode, logitNode } from './graph-node.ts';
import type { LayerSources } from './graph-sources.ts';
import type { LogitTargets } from './logit-targets.ts';
import type { OutputVectors } from './output-vectors.ts';
import type { TargetRow } from './target.ts';

/** What a graph is called, and how tokens read. */
export interface GraphTitle {
  model: string;
  slug: string;
  prompt: string;
  tokens: string[];
  mode: GraphMode;
  question: GraphQuestion;
  /** Text of a token id. */
  text(id: number): string;
}

/** A graph, and where its nodes come from. */
export interface AssembledGraph {
  graph: AttributionGraph;
  /** By node of the outputs, its number in the graph, −1 for those left out. */
  index: Int32Array;
  /** Number of the bias node. */
  bias: number;
}

/** Targets whose inputs are sorted before the engine looks up. */
const ROWS_AT_ONCE = 64;

/**
 * What was attributed, as a graph: the features that were targets, the errors and embeddings that reach them
 * or the logits, the biases as one node, and the logits; every effect between them that is not zero.
 * Yields between pieces of work. How many edges there are, `EdgeLimit` has seen to.
 */
export function* assembleGraph(
  outputs: OutputVectors,
  sources: readonly LayerSources[],
  logits: LogitTargets,
  { rows, exactness, omittedInfluence, omittedFirst, keeps }: AttributedTargets,
  title: GraphTitle,
): Generator<undefined, AssembledGraph> {
  const layers = sources.length;
  const isKept = keptNodes(outputs, rows, keeps);
  const nodes: GraphNode[] = [];
  const index = new Int32Array(outputs.nodes).fill(-1);
  for (let position = 0; position < outputs.positions; position++) {
    for (let node = outputs.first(position); node < outputs.first(position + 1); node++) {
      if (isKept[node] === 0) continue;
      index[node] = nodes.length;
      nodes.push(graphNode(outputs, node, sources, title.text));
    }
  }
  const bias = nodes.length;
  nodes.push(biasNode());
  const firstLogit = nodes.length;
  for (const target of logits.targets)
    nodes.push(logitNode(target, logits.position, layers, title.text));

  const edges = yield* collectEdges(rows, index, bias, ({ target }) =>
    target.node >= outputs.nodes
      ? firstLogit + target.node - outputs.nodes
      : (index[target.node] as number),
  );
  const graph = { nodes, edges };
  const normalized = normalizedWeights(nodes.length, edges, countedEdges(graph));
  const influence = influenceOf(graph, normalized);
  const cumulative = cumulativeInfluence(influence);
  for (const [i, node] of nodes.entries()) {
    if (node.kind !== 'logit' && node.kind !== 'bias') node.influence = cumulative[i] as number;
  }
  const { text: _, ...about } = title;
  return {
    graph: {
      ...about,
      layers,
      nodes,
      edges,
      quality: {
        exactness,
        ...scoresOf(graph, normalized, influence),
        omittedInfluence,
        ...(omittedFirst !== undefined && { omittedFirst }),
      },
      view: emptyView(),
    },
    index,
    bias,
  };
}

/**
 * @param index by node of the outputs, its number in the graph or −1
 * @param numberOf the number of a row's target
 */
function* collectEdges(
  rows: readonly TargetRow[],
  index: Int32Array,
  bias: number,
  numberOf: (row: TargetRow) => number,
): Generator<undefined, GraphEdges> {
  const byTarget = rows
    .map((row) => ({ row, target: numberOf(row) }))
    .sort((a, b) => a.target - b.target);
  const isKept = Uint8Array.from(index, (number) => (number < 0 ? 0 : 1));
  const count = edgeCount(rows, isKept);
  const edges = {
    source: new Int32Array(count),
    target: new Int32Array(count),
    weight: new Float32Array(count),
  };
  let edge = 0;
  for (const [done, { row, target }] of byTarget.entries()) {
    edge = writeInputs(row, index, bias, edges, edge, target);
    if (done % ROWS_AT_ONCE === 0) yield;
  }
  return edges;
}

/**
 * Writes the inputs that are in the graph and not zero, the largest first, of equal ones the first node.
 *
 * @returns the place after them
 */
function writeInputs(
  row: TargetRow,
  index: Int32Array,
  bias: number,
  edges: GraphEdges,
  start: number,
  target: number,
): number {
  let end = start;
  for (const { node, value, count } of row.stretches()) {
    for (let i = 0; i < count; i++) {
      const from = index[node + i] as number;
      const weight = row.values[value + i] as number;
      if (from < 0 || weight === 0) continue;
      edges.source[end] = from;
      edges.weight[end++] = weight;
    }
  }
  if (row.bias !== 0) {
    edges.source[end] = bias;
    edges.weight[end++] = row.bias;
  }
  edges.target.fill(target, start, end);
  const sources = edges.source.slice(start, end);
  const weights = edges.weight.slice(start, end);
  for (const [rank, place] of largestFirst(weights).entries()) {
    edges.source[start + rank] = sources[place] as number;
    edges.weight[start + rank] = weights[place] as number;
  }
  return end;
}

/** Numbers that a key has room for beside the 31 bits of a size. */
const MAX_SORTED = 2 ** 22;
const SIZE_BITS = 0x7fff_ffff;

/**
 * Places of values by size, the largest first and equal ones as they stand. Bits of a size, as a number,
 * are in the order of sizes, so one number for size and place sorts without a comparison in JavaScript,
 * ten times as fast.
 *
 * @throws RangeError for more than 4 million values
 */
export function largestFirst(values: Float32Array): Uint32Array {
  if (values.length > MAX_SORTED)
    throw new RangeError(`${values.length} values are too many to sort`);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const keys = new Float64Array(values.length);
  for (let i = 0; i < keys.length; i++) {
    keys[i] = (SIZE_BITS - ((bits[i] as number) & SIZE_BITS)) * MAX_SORTED + i;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => key % MAX_SORTED);
}
