import {
  type AttributionGraph,
  compareGraphs,
  type GraphNode,
  logitTexts,
  type NodeKind,
  nodeName,
  tokenAt,
} from '@loupe/shared';

/** One node or effect in two graphs. */
export interface Difference {
  key: string;
  /** What it is called: `3/213`, or `0/573 → 3/213`. */
  name: string;
  /** Where it is: `·to`, or `·Mary ⇢ ·John` where the tokens differ. */
  where: string;
  kind: NodeKind;
  /** Id in the first graph of the node, or of the node that an effect is on; undefined if not there. */
  node: string | undefined;
  /** Whether it is in the first graph, and in the second. */
  inFirst: boolean;
  inSecond: boolean;
  first: number;
  second: number;
  /** False where the two values are of unlike things, as a logit and a difference of two. */
  alike: boolean;
}

/** Two graphs laid over each other, as far as a reader looks at it. */
export interface Differences {
  /** Activations of features and logits, largest difference first. */
  nodes: Difference[];
  /** Direct effects, largest difference first; empty where they are not `effectsAlike`. */
  effects: Difference[];
  /** False where one graph has attention features as nodes and the other passes attention through. */
  effectsAlike: boolean;
  /** False where the graphs explain unlike things: a logit here, a difference of logits there. */
  targetsAlike: boolean;
  /** How many features there are in both, and in one only. */
  both: number;
  firstOnly: number;
  secondOnly: number;
}

/** Kinds whose activation says something: errors and embeddings have 1. */
const VALUED: ReadonlySet<NodeKind> = new Set(['attention', 'mlp', 'logit']);
/** Effects that are listed: nobody reads on to the last of 100,000. */
const MAX_EFFECTS = 2_000;

interface Pair {
  /** Of the first graph if it is there, else of the second. */
  node: GraphNode;
  graph: AttributionGraph;
  name: string;
  where: string;
  id: string | undefined;
  alike: boolean;
}

function whereOf(
  first: AttributionGraph,
  a: GraphNode | undefined,
  second: AttributionGraph,
  b: GraphNode | undefined,
): string {
  const texts = [a && tokenAt(first, a.position), b && tokenAt(second, b.position)];
  return [...new Set(texts.filter((text) => text !== undefined))].join(' ⇢ ');
}

/** What a logit's node stands for, without its tokens: `1 − 1` for a difference of two. */
function logitForm({ label }: GraphNode): string {
  const { tokens, minus } = logitTexts(label) ?? { tokens: [label], minus: [] };
  return `${tokens.length} − ${minus.length}`;
}

/**
 * False for logits that are of unlike forms, and for one that is in one graph only: its value in the other
 * is not 0, as that of a feature that is not active, but was not asked for.
 */
function areAlike(a: GraphNode | undefined, b: GraphNode | undefined): boolean {
  if ((a ?? b)?.kind !== 'logit') return true;
  return a !== undefined && b !== undefined && logitForm(a) === logitForm(b);
}

/** By falling difference; what is not alike stands last, since it has none. */
function bySize(one: Difference, other: Difference): number {
  return Number(other.alike) - Number(one.alike) || sizeOf(other) - sizeOf(one);
}

/**
 * What differs between two graphs of one model. Values of unlike things stand side by side, without a
 * difference.
 */
export function differencesOf(first: AttributionGraph, second: AttributionGraph): Differences {
  const { nodes, edges } = compareGraphs(first, second);
  const pairs = nodes.map(({ a, b }): Pair => {
    const inFirst = first.nodes[a];
    const inSecond = second.nodes[b];
    const node = (inFirst ?? inSecond) as GraphNode;
    const graph = inFirst ? first : second;
    const names = [inFirst && nodeName(inFirst, first), inSecond && nodeName(inSecond, second)];
    return {
      node,
      graph,
      name: [...new Set(names.filter((name) => name !== undefined))].join(' ⇢ '),
      where: whereOf(first, inFirst, second, inSecond),
      id: inFirst?.id,
      alike: areAlike(inFirst, inSecond),
    };
  });
  const targetsAlike = pairs.some(({ node, alike }) => node.kind === 'logit' && alike);
  const effectsAlike = (first.mode ?? second.mode) === (second.mode ?? first.mode);
  const differences: Differences = {
    nodes: [],
    effects: [],
    effectsAlike,
    targetsAlike,
    both: 0,
    firstOnly: 0,
    secondOnly: 0,
  };
  for (const [at, { a, b, activationA, activationB }] of nodes.entries()) {
    const { node, name, where, id, alike } = pairs[at] as Pair;
    if (!VALUED.has(node.kind)) continue;
    if (node.kind !== 'logit') {
      if (a < 0) differences.secondOnly++;
      else if (b < 0) differences.firstOnly++;
      else differences.both++;
    }
    differences.nodes.push({
      key: `node ${at}`,
      name,
      where,
      kind: node.kind,
      node: id,
      inFirst: a >= 0,
      inSecond: b >= 0,
      first: activationA,
      second: activationB,
      alike,
    });
  }
  differences.nodes.sort(bySize);
  if (!effectsAlike) return differences;
  for (const { source, target, weightA, weightB } of edges) {
    const from = pairs[source] as Pair;
    const to = pairs[target] as Pair;
    // What the biases do is the same for every prompt but for the scales.
    if (from.node.kind === 'bias') continue;
    differences.effects.push({
      key: `effect ${source} ${target}`,
      name: `${from.name} → ${to.name}`,
      where: to.where,
      kind: from.node.kind,
      node: to.id,
      inFirst: weightA !== 0,
      inSecond: weightB !== 0,
      first: weightA,
      second: weightB,
      alike: to.alike,
    });
  }
  differences.effects.sort(bySize);
  differences.effects.length = Math.min(differences.effects.length, MAX_EFFECTS);
  return differences;
}

/** How far the two values are apart. */
export function sizeOf({ first, second }: Difference): number {
  return Math.abs(second - first);
}

/** By id in the first graph, the difference of each node's activation as a share of the largest, −1 to 1. */
export function sharesByNode({ nodes }: Differences): Map<string, number> {
  // A logit is no activation, and is far larger.
  const features = nodes.filter(({ kind }) => kind !== 'logit');
  const most = features[0] ? sizeOf(features[0]) : 0;
  return new Map(
    features.flatMap(({ node, first, second }) =>
      node === undefined || most === 0 ? [] : [[node, (second - first) / most] as const],
    ),
  );
}
