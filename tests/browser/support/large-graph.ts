import { type AttributionGraph, emptyView, type GraphNode, nodeId } from '@loupe/shared';

const LAYERS = 12;
const POSITIONS = 24;

/** Numbers from 0 to 1 that are the same in every run (Numerical Recipes' generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function rowOf({ kind, layer }: GraphNode): number {
  if (kind === 'logit') return 2 * LAYERS + 1;
  if (layer < 0) return 0;
  return 2 * layer + (kind.startsWith('attention') ? 1 : 2);
}

/**
 * A made-up graph of GPT-2 small's depth, in which every feature is reached from a token and reaches the
 * logit, so that all of it is shown when both thresholds are 1.
 */
export function largeGraph(nodeCount: number, edgeCount: number): AttributionGraph {
  const random = numbers(5);
  const pick = (count: number) => Math.floor(random() * count);
  const tokens = Array.from({ length: POSITIONS }, (_, position) =>
    position === 0 ? '<|endoftext|>' : ` tok${position}`,
  );
  const nodes: GraphNode[] = [];
  const add = (node: Omit<GraphNode, 'id' | 'activation' | 'label' | 'source'>) =>
    nodes.push({
      activation: 1 + random(),
      label: '',
      source: undefined,
      ...node,
      id: nodeId(node),
    });
  for (let position = 0; position < POSITIONS; position++) {
    add({ kind: 'embedding', layer: -1, feature: 100 + position, position });
    for (let layer = 0; layer < LAYERS; layer++) {
      add({ kind: 'attention-error', layer, feature: -1, position });
      add({ kind: 'mlp-error', layer, feature: -1, position });
    }
  }
  while (nodes.length < nodeCount - 1) {
    const kind = random() < 0.5 ? 'attention' : 'mlp';
    // More of what is active stands late in the prompt.
    const position = Math.floor(Math.sqrt(random()) * POSITIONS);
    add({ kind, layer: pick(LAYERS), feature: nodes.length, position });
  }
  add({
    kind: 'logit',
    layer: LAYERS,
    feature: 7,
    position: POSITIONS - 1,
    probability: 0.9,
  });
  const logit = nodes.length - 1;
  const edges = new Map<number, [source: number, target: number, weight: number]>();
  const join = (source: number, target: number) => {
    const weight = (random() - 0.3) * Math.exp(3 * random());
    edges.set(source * nodeCount + target, [source, target, weight]);
  };
  const embedding = (position: number) => position * (2 * LAYERS + 1);
  for (const [index, { kind, position }] of nodes.entries()) {
    if (index !== logit) join(index, logit);
    if (kind === 'attention' || kind === 'mlp') join(embedding(position), index);
  }
  while (edges.size < edgeCount) {
    const [source, target] = [pick(logit), pick(logit)];
    const [from, to] = [nodes[source], nodes[target]] as [GraphNode, GraphNode];
    const reads = to.kind === 'attention' || (to.kind === 'mlp' && from.position === to.position);
    if (reads && rowOf(from) < rowOf(to) && from.position <= to.position) join(source, target);
  }
  const sorted = [...edges.values()].sort((a, b) => a[1] - b[1] || Math.abs(b[2]) - Math.abs(a[2]));
  return {
    model: 'demo',
    slug: 'large',
    prompt: 'large',
    tokens,
    mode: 'features',
    layers: LAYERS,
    nodes,
    edges: {
      source: Int32Array.from(sorted, ([source]) => source),
      target: Int32Array.from(sorted, ([, target]) => target),
      weight: Float32Array.from(sorted, ([, , weight]) => weight),
    },
    quality: { exactness: 1e-6, replacement: 0.9, completeness: 0.9, omittedInfluence: 0 },
    view: emptyView(),
  };
}
