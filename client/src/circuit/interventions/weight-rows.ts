import {
  type AttributionGraph,
  type Connection,
  counted,
  type FeatureWeight,
  type GraphNode,
  type NodeKind,
} from '@loupe/shared';

/** One summand of what goes into a feature. */
export interface WeightRow {
  key: string;
  effect: number;
  /** A feature, or one head that it is read through; undefined for what is told together. */
  part?: { source: GraphNode; head?: string; weight: number; activation: number; factor: number };
  /** What is told together: `3 tokens and positions`. */
  rest?: string;
}

/** What goes into a feature, summand by summand, and what that comes to. */
export interface WeightTable {
  rows: WeightRow[];
  /** Sum of all rows: what goes into the feature by the edges of the graph. */
  total: number;
  /** What the feature's activation has beyond that, from features that the graph leaves out. */
  beyond: number;
}

/** A feature among the inputs, with its weight. */
export interface WeighedInput {
  input: Connection;
  weight: FeatureWeight;
}

const GROUPS: readonly { kinds: readonly NodeKind[]; one: string; many: string }[] = [
  { kinds: ['attention', 'mlp'], one: 'other feature', many: 'other features' },
  { kinds: ['embedding', 'position'], one: 'token or position', many: 'tokens and positions' },
  { kinds: ['attention-error', 'mlp-error'], one: 'error', many: 'errors' },
  { kinds: ['bias'], one: 'node of biases', many: 'nodes of biases' },
];

/**
 * Takes apart what goes into a feature. Each feature among `weighed` has rows of its own, in which
 * weight · activation · factor = effect: the weight holds for every prompt, the factor is this one's (the
 * attention paid, and 1 / σ of the LayerNorm). All else is added up by kind, so that the rows add up to
 * the total.
 *
 * @param inputs every edge into the feature
 */
export function weightTable(
  graph: Pick<AttributionGraph, 'nodes' | 'heads'>,
  index: number,
  inputs: readonly Connection[],
  weighed: readonly WeighedInput[],
): WeightTable {
  const named = new Set(weighed.map(({ input }) => input.edge));
  const rows = [
    ...weighed.flatMap((one) => featureRows(graph, one)),
    ...GROUPS.flatMap(({ kinds, one, many }): WeightRow[] => {
      const rest = inputs.filter(
        ({ edge, node }) =>
          !named.has(edge) && kinds.includes((graph.nodes[node] as GraphNode).kind),
      );
      if (rest.length === 0) return [];
      const effect = sum(rest.map(({ weight }) => weight));
      return [{ key: many, rest: counted(rest.length, one, many), effect }];
    }),
  ];
  const total = sum(rows.map(({ effect }) => effect));
  return { rows, total, beyond: (graph.nodes[index] as GraphNode).activation - total };
}

function featureRows(
  { nodes, heads }: Pick<AttributionGraph, 'nodes' | 'heads'>,
  { input, weight }: WeighedInput,
): WeightRow[] {
  const source = nodes[input.node] as GraphNode;
  const { id, activation } = source;
  const row = (value: number, effect: number, head?: string): WeightRow => ({
    key: `${id} ${head ?? ''}`,
    effect,
    part: {
      source,
      weight: value,
      activation,
      factor: effect / (value * activation),
      ...(head !== undefined && { head }),
    },
  });
  if (weight.direct !== null) return [row(weight.direct, input.weight)];
  // The head that most comes through, and all others together.
  const byWeight = heads?.get(input.edge)?.toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const [most] = byWeight ?? [];
  const known = most && weight.heads.find(({ head }) => head === most[0]);
  if (!most || !known) return [{ key: id, effect: input.weight, rest: 'through heads not known' }];
  const others = input.weight - most[1];
  return [
    row(known.weight, most[1], `${known.layer}.${known.head}`),
    ...(Math.abs(others) > 1e-6 * Math.abs(input.weight)
      ? [{ key: `${id} others`, rest: 'the same, through other heads', effect: others }]
      : []),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((whole, value) => whole + value, 0);
}
