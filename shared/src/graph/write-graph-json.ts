import type { CircuitGraph, CircuitLink, CircuitNode } from '../wire/circuits.ts';
import type { AttributionGraph, GraphNode, NodeKind } from './attribution-graph.ts';
import { cantorPair } from './cantor.ts';

/** Neuronpedia's name of each kind. It has none for positions, which are embeddings too. */
const FEATURE_TYPES: Record<NodeKind, string> = {
  attention: 'lorsa',
  mlp: 'cross layer transcoder',
  'attention-error': 'lorsa error',
  'mlp-error': 'mlp reconstruction error',
  embedding: 'embedding',
  position: 'embedding',
  bias: 'bias',
  logit: 'logit',
};

/** A graph as Neuronpedia's schema has it, with everything that the schema has no place for under `loupe`. */
export function writeGraphJson(graph: AttributionGraph): CircuitGraph {
  const links = Array.from(graph.edges.weight, (_, edge) => writeLink(graph, edge));
  return { ...writeGraphHead(graph), nodes: writeNodes(graph), links };
}

/** All of a graph but its nodes and links. */
export function writeGraphHead(graph: AttributionGraph): Omit<CircuitGraph, 'nodes' | 'links'> {
  const { view, quality, mode } = graph;
  const sets = (kind: NodeKind) => setOf(graph.nodes.find((node) => node.kind === kind)?.source);
  const mlp = sets('mlp');
  const attention = sets('attention');
  return {
    metadata: {
      slug: graph.slug,
      scan: graph.model,
      prompt_tokens: graph.tokens,
      prompt: graph.prompt,
      transcoder_list: [...new Set(graph.nodes.flatMap(transcoderOf))],
      schema_version: 1,
      node_threshold: view.nodeThreshold,
      feature_details: {
        ...(mlp !== undefined && { neuronpedia_source_set: mlp }),
        ...(attention !== undefined && { neuronpedia_lorsa_source_set: attention }),
      },
      info: { generator: { name: 'Loupe', version: GRAPH_FORMAT_VERSION } },
      pruning_settings: { node_threshold: view.nodeThreshold, edge_threshold: view.edgeThreshold },
      loupe: {
        ...(mode !== undefined && { mode }),
        ...quality,
        ...(graph.question && { question: graph.question }),
        ...(graph.unused && { unused: [...graph.unused] }),
        layers: graph.layers,
        view: { labels: view.labels, places: view.places },
      },
    },
    qParams: {
      pinnedIds: view.pinned,
      supernodes: view.groups.map(({ label, members }) => [label, ...members]),
      linkType: 'both',
      // circuit-tracer reads no graph without these two, not even to say that there is nothing.
      clickedId: view.clicked ?? '',
      sg_pos: '',
    },
  };
}

/** Version of what Loupe writes under `loupe`. */
const GRAPH_FORMAT_VERSION = '1';

/** All nodes of a graph in Neuronpedia's schema. */
export function writeNodes(graph: AttributionGraph): CircuitNode[] {
  return graph.nodes.map((node) => writeNode(node, graph));
}

function writeNode(node: GraphNode, { tokens, view }: AttributionGraph): CircuitNode {
  const { kind, layer, source, feature, position, activation, label } = node;
  const named = Object.hasOwn(view.labels, node.id) ? view.labels[node.id] : undefined;
  const clerp = kind === 'logit' ? withProbability(named ?? label, node) : (named ?? label);
  return {
    node_id: node.id,
    ...neuronpediaPlace(node),
    ctx_idx: position,
    feature_type: node.featureType ?? FEATURE_TYPES[kind],
    clerp,
    influence: node.influence ?? null,
    activation,
    token_prob: node.probability ?? 0,
    is_target_logit: kind === 'logit',
    run_idx: 0,
    reverse_ctx_idx: Math.max(tokens.length - 1 - position, 0),
    loupe: {
      kind,
      layer,
      source: source ?? null,
      feature,
      position,
      activation,
      ...(named !== undefined && { label: named }),
      ...(clerp !== label && { clerp: label }),
      ...(node.promotes !== undefined && { promotes: node.promotes }),
      ...(node.featureType !== undefined && { featureType: node.featureType }),
      ...(node.tokenProbability !== undefined && { tokenProbability: node.tokenProbability }),
    },
  };
}

/**
 * A logit's label with `(p=…)` at its end, and only there: both pages take the probability from there, and
 * stop where there is none.
 */
function withProbability(label: string, { probability, tokenProbability }: GraphNode): string {
  if (/^Output ".*" \(p=[\d.]+\)$/s.test(label) && label.split('(p=').length === 2) return label;
  const words = label.replaceAll('(p=', '(p =').trimEnd();
  return `${words}${words === '' ? '' : ' '}(p=${(probability ?? tokenProbability ?? 0).toFixed(3)})`;
}

function neuronpediaPlace(node: GraphNode): Pick<CircuitNode, 'feature' | 'layer' | 'jsNodeId'> {
  const { kind, layer, feature, position } = node;
  switch (kind) {
    case 'attention':
    case 'mlp':
      return {
        feature: cantorPair(layer, feature),
        layer: String(layer),
        jsNodeId: `${layer}_${feature}-0`,
      };
    case 'attention-error':
    case 'mlp-error':
      return { feature: -1, layer: String(layer), jsNodeId: `${layer}_${position}-0` };
    case 'embedding':
    case 'position':
    case 'bias':
      return { feature: position, layer: 'E', jsNodeId: `E_${feature}-${position}` };
    case 'logit':
      return {
        feature,
        layer: String(layer + 1),
        jsNodeId: `L_${feature}-${position}`,
      };
  }
}

/** One link of a graph. */
export function writeLink(graph: AttributionGraph, edge: number): CircuitLink {
  const { nodes, edges } = graph;
  const heads = graph.heads?.get(edge);
  return {
    source: (nodes[edges.source[edge] as number] as GraphNode).id,
    target: (nodes[edges.target[edge] as number] as GraphNode).id,
    weight: edges.weight[edge] as number,
    ...(heads && { loupe: { heads } }),
  };
}

function transcoderOf({ kind, source }: GraphNode): string | [] {
  return kind === 'mlp' && source !== undefined ? source : [];
}

/** `att-kk` of `5-att-kk`. */
function setOf(source: string | undefined): string | undefined {
  return source?.slice(source.indexOf('-') + 1);
}
