import { readFileSync } from 'node:fs';
import {
  type AttributionGraph,
  emptyView,
  type GraphNode,
  graphScores,
  type NodeKind,
  nodeId,
} from '@loupe/shared';

interface Golden {
  tokens: string[];
  target: { token: number; string: string };
  nodes: [kind: string, layer: number, position: number, feature: number, activation: number][];
  edges_top300_no_bias_target_pos_gt_0: [source: number, target: number, weight: number][];
}

const KINDS: Record<string, NodeKind> = {
  attn: 'attention',
  mlp: 'mlp',
  attn_error: 'attention-error',
  mlp_error: 'mlp-error',
  embed: 'embedding',
  pos: 'position',
  logit: 'logit',
};
const SETS: Partial<Record<NodeKind, string>> = {
  attention: 'att-demo',
  mlp: 'tc-demo',
  'attention-error': 'att-demo',
  'mlp-error': 'tc-demo',
};

/** The strongest edges of the demo's graph of the indirect-object prompt, as PyTorch has them. */
export function ioiGraph(): AttributionGraph {
  const path = new URL('../../golden/ioi.graph.json', import.meta.url);
  const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
  const tokens = golden.tokens.map((token) => token.replace('Ġ', ' '));
  const list = golden.edges_top300_no_bias_target_pos_gt_0;
  const used = [...new Set(list.flatMap(([source, target]) => [source, target]))].sort(
    (a, b) => a - b,
  );
  const place = new Map(used.map((node, at) => [node, at]));
  const nodes = used.map((at): GraphNode => {
    const [name, layer, position, feature, activation] = golden.nodes[at] as Golden['nodes'][0];
    const kind = KINDS[name] as NodeKind;
    const set = SETS[kind];
    return {
      id: nodeId({ kind, layer, feature, position }),
      kind,
      layer,
      source: set === undefined ? undefined : `${layer}-${set}`,
      feature,
      position,
      activation,
      label:
        kind === 'logit'
          ? `Output "${golden.target.string.replace('Ġ', ' ')}"`
          : kind === 'embedding'
            ? `Emb: "${tokens[position]}"`
            : '',
    };
  });
  const edges = list.map(([source, target, weight]) => ({
    source: place.get(source) as number,
    target: place.get(target) as number,
    weight,
  }));
  edges.sort((a, b) => a.target - b.target || Math.abs(b.weight) - Math.abs(a.weight));
  const graph: AttributionGraph = {
    model: 'demo',
    slug: 'ioi',
    prompt: tokens.slice(1).join(''),
    tokens,
    mode: 'features',
    layers: 4,
    nodes,
    edges: {
      source: Int32Array.from(edges, ({ source }) => source),
      target: Int32Array.from(edges, ({ target }) => target),
      weight: Float32Array.from(edges, ({ weight }) => weight),
    },
    quality: undefined,
    view: { ...emptyView(), nodeThreshold: 0.9 },
  };
  return { ...graph, quality: { exactness: 0, omittedInfluence: 0, ...graphScores(graph) } };
}
