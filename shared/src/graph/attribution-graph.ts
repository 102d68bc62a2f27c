/** What a node of an attribution graph stands for. */
export const NODE_KINDS = [
  'attention',
  'mlp',
  'attention-error',
  'mlp-error',
  'embedding',
  'position',
  'bias',
  'logit',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/** Attention features as nodes, or attention passed through by its output matrices. */
export type GraphMode = 'features' | 'frozen';

/** One node: a feature, an error, an embedding, the biases, or a target logit. */
export interface GraphNode {
  /** Unique in its graph. */
  id: string;
  kind: NodeKind;
  /** Block of features and errors; −1 for embeddings and the bias, the number of blocks for logits. */
  layer: number;
  /** Source of a feature or an error, `5-att-kk`; `undefined` for the other kinds. */
  source: string | undefined;
  /** Index of a feature; token id of embeddings and logits; −1 where there is none. */
  feature: number;
  position: number;
  /** Activation of a feature; 1 where it has no meaning; the centred logit, or logit difference. */
  activation: number;
  /** What the file calls its kind, where that is none that is known; it is taken for `kind`. */
  featureType?: string;
  /** What people read: a note, promoted tokens, the token itself. Never trusted as markup. */
  label: string;
  /** The token that a feature promotes most by the direct path, where the graph tells it. */
  promotes?: string;
  /** Probability of a logit's token; none of a difference. */
  probability?: number;
  /** Probability of the first token of a difference, for readers that want one of every logit. */
  tokenProbability?: number;
  /** Share of all influence that this node and the more influential ones have, 0 to 1. */
  influence?: number;
}

/** Edges as columns, sorted by target, then by falling |weight|. */
export interface GraphEdges {
  /** Index into the nodes. */
  source: Int32Array;
  target: Int32Array;
  /** Signed direct effect, the source's activation included, in units of the target. */
  weight: Float32Array;
}

/** A named group of nodes, drawn as one (a supernode). */
export interface NodeGroup {
  label: string;
  /** Ids of nodes; none is in two groups. */
  members: string[];
}

/** What the reader has made of a graph, saved with it. */
export interface GraphView {
  /** Ids of the nodes of the pinned subgraph. */
  pinned: string[];
  groups: NodeGroup[];
  /** Labels that the reader gave, by node id. */
  labels: Record<string, string>;
  /** Positions in the pinned drawing that the reader has dragged to, by node id or group label. */
  places: Record<string, [x: number, y: number]>;
  /** Id of the chosen node. */
  clicked: string | undefined;
  /** Share of influence that the nodes shown have together, 0 to 1. */
  nodeThreshold: number;
  /** Share of the remaining edges' influence that the edges shown have together, 0 to 1. */
  edgeThreshold: number;
}

/** circuit-tracer's own defaults. */
export const DEFAULT_NODE_THRESHOLD = 0.8;
export const DEFAULT_EDGE_THRESHOLD = 0.98;

/** A view in which nothing has been done yet. */
export function emptyView(): GraphView {
  return {
    pinned: [],
    groups: [],
    labels: {},
    places: {},
    clicked: undefined,
    nodeThreshold: DEFAULT_NODE_THRESHOLD,
    edgeThreshold: DEFAULT_EDGE_THRESHOLD,
  };
}

/** How far an attribution graph can be trusted. */
export interface GraphQuality {
  /**
   * Largest deviation, over all targets, of incoming edges plus bias from the true pre-activation or
   * centred logit, relative to it.
   */
  exactness: number;
  /** Replacement score of circuit-tracer: share of influence that comes from tokens, not errors. */
  replacement: number;
  /** Completeness score of circuit-tracer: share of inputs that are not errors, by influence. */
  completeness: number;
  /** Share of influence of the nodes left out by `maxNodes`, 0 where none was. */
  omittedInfluence: number;
  /** Share of influence of features and errors at position 0, where they are left out. */
  omittedFirst?: number;
  /** How many nodes and edges were pruned from the graph when it was made. */
  prunedNodes?: number;
  prunedEdges?: number;
}

/** Everything that a graph is the answer to but its model and mode, which it states itself. */
export interface GraphQuestion {
  /** Token ids by position, BOS included where there was one. */
  tokens: number[];
  /** True if BOS was put before what was given as the prompt. */
  prependedBos: boolean;
  target: {
    /** Ids of the tokens whose logits, or with `minus` whose mean logit, are explained. */
    tokens: number[];
    /** Ids of the tokens whose mean logit is taken off; none but for a difference. */
    minus: number[];
    /** Whose next token is explained. */
    position: number;
    /** Present where no tokens were named: the likeliest that together reach this … */
    probability?: number;
    /** … but at most so many. */
    max?: number;
  };
  /** Ids of all sources that explain, whether one of their features is a node or not. */
  sources: string[];
  /** Most feature nodes; 0: no bound. */
  maxNodes: number;
  /** False where features and errors at position 0 were left out. */
  firstPosition?: boolean;
  /** Thresholds at which the graph was pruned when it was made. */
  prune?: { nodes: number; edges: number };
}

/**
 * An attribution graph (Ameisen et al., 2025) with attention-SAE and transcoder features as nodes:
 * signed direct effects with attention patterns and LayerNorm scales frozen.
 */
export interface AttributionGraph {
  /** Id of the model; `scan` in Neuronpedia's schema. */
  model: string;
  slug: string;
  prompt: string;
  /** Token texts by position. */
  tokens: string[];
  mode: GraphMode | undefined;
  /** What was asked besides model and mode; absent where the file does not say. */
  question?: GraphQuestion;
  /** Number of blocks of the model. */
  layers: number;
  nodes: GraphNode[];
  edges: GraphEdges;
  quality: GraphQuality | undefined;
  /** Parts of the file that were passed over, by name; absent where there are none. */
  unused?: readonly string[];
  /** By edge into an attention feature: `[head, its part of the weight]`, by falling size. */
  heads?: ReadonlyMap<number, [head: number, weight: number][]>;
  view: GraphView;
}
