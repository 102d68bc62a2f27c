import { type AttributionGraph, emptyView, type GraphNode, nodeId } from '@loupe/shared';

type NodeSpec = Pick<GraphNode, 'kind' | 'layer' | 'feature' | 'position'> & Partial<GraphNode>;

function node(spec: NodeSpec): GraphNode {
  const { kind, layer } = spec;
  const set = kind === 'attention' ? 'att-demo' : kind === 'mlp' ? 'mlp-demo' : undefined;
  return {
    id: nodeId(spec),
    source: set && `${layer}-${set}`,
    activation: 1,
    label: '',
    ...spec,
  };
}

/** ` to` is explained by an attention feature that reads ` Mary` through an MLP feature; one error, one bias. */
export function smallGraph(): AttributionGraph {
  const nodes = [
    node({ kind: 'embedding', layer: -1, feature: 1290, position: 1, label: ' Mary' }),
    node({ kind: 'position', layer: -1, feature: -1, position: 1 }),
    node({ kind: 'embedding', layer: -1, feature: 267, position: 2, label: ' to' }),
    node({ kind: 'bias', layer: -1, feature: -1, position: 0 }),
    node({ kind: 'mlp', layer: 0, feature: 573, position: 1, activation: 4.9 }),
    node({ kind: 'mlp-error', layer: 0, feature: -1, position: 1 }),
    node({ kind: 'attention', layer: 1, feature: 213, position: 2, activation: 5.1 }),
    node({ kind: 'logit', layer: 2, feature: 1290, position: 2, label: ' Mary', probability: 0.9 }),
  ];
  // [source, target, weight], sorted as the columns are.
  const edges: [number, number, number][] = [
    [0, 4, 4.8],
    [1, 4, 0.3],
    [3, 4, -0.2],
    [4, 6, 3.9],
    [0, 6, 0.5],
    [5, 6, -0.4],
    [6, 7, 6.9],
    [2, 7, -0.6],
  ];
  return {
    model: 'demo',
    slug: 'small',
    prompt: 'Mary to',
    tokens: ['<|endoftext|>', ' Mary', ' to'],
    mode: 'features',
    layers: 2,
    nodes,
    edges: {
      source: Int32Array.from(edges, ([source]) => source),
      target: Int32Array.from(edges, ([, target]) => target),
      weight: Float32Array.from(edges, ([, , weight]) => weight),
    },
    quality: { exactness: 1e-6, replacement: 0.9, completeness: 0.95, omittedInfluence: 0 },
    view: emptyView(),
  };
}
