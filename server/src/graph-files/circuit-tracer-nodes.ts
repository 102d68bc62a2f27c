import { type AttributionGraph, type GraphNode, LoupeError, nodeId } from '@loupe/shared';
import {
  type PlainObject,
  type PlainValue,
  TensorReference,
} from '../weights/pytorch/plain-data.ts';
import type { TorchFile } from '../weights/pytorch/torch-file.ts';

/** Text of a prompt's tokens, `undefined` where no installed model has them. */
export type TokenTexts = (ids: readonly number[], prompt: string) => string[] | undefined;

/** All of a graph of circuit-tracer but its edges. */
export interface TracedNodes {
  graph: Pick<AttributionGraph, 'model' | 'slug' | 'prompt' | 'tokens' | 'mode' | 'layers'>;
  /** Features, errors layer by layer, tokens, logits, as the rows of its matrix are. */
  nodes: GraphNode[];
  /** What of the file says nothing here. */
  unused: string[];
}

const FIELDS = new Set([
  ...['input_string', 'input_tokens', 'adjacency_matrix', 'cfg', 'active_features', 'scan'],
  ...[
    'selected_features',
    'activation_values',
    'logit_targets',
    'logit_probabilities',
    'vocab_size',
  ],
]);

/** @throws LoupeError `LOUPE_BAD_GRAPH` for a file of something else */
export function readTracedNodes(file: TorchFile, texts: TokenTexts): TracedNodes {
  const saved = new SavedGraph(file);
  const layers = saved.layers;
  const prompt = saved.text('input_string');
  const ids = [...saved.values('input_tokens')];
  const known = texts(ids, prompt);
  const { names, unused } = scanOf(saved);
  return {
    graph: {
      model: names[0] ?? 'unknown',
      slug: 'circuit-tracer',
      prompt,
      tokens: known ?? ids.map((id) => `⟨#${id}⟩`),
      // It always passes attention through.
      mode: 'frozen',
      layers,
    },
    nodes: [
      ...featureNodes(saved, layers, ids.length),
      ...errorNodes(layers, ids.length),
      ...ids.map((id, position) =>
        made(
          { kind: 'embedding', layer: -1, feature: id, position },
          { label: known?.[position] ?? '' },
        ),
      ),
      ...logitNodes(saved, layers, ids.length - 1),
    ],
    unused: [
      ...unused,
      ...(known
        ? []
        : ['texts of tokens, which no installed model has, so that they stand as ids']),
      ...saved.unknown,
    ],
  };
}

/** The transcoders by which the graph calls itself; beyond one they say nothing here. */
function scanOf(saved: SavedGraph): { names: string[]; unused: string[] } {
  const scan = saved.field('scan');
  const all = Array.isArray(scan) ? scan : [scan];
  const names = all.filter((name): name is string => typeof name === 'string');
  return { names, unused: names.slice(1).map((name) => `scan ${name}`) };
}

type Place = Pick<GraphNode, 'kind' | 'layer' | 'feature' | 'position'>;

function made(place: Place, more: Partial<GraphNode> = {}): GraphNode {
  return { ...place, id: nodeId(place), source: undefined, activation: 1, label: '', ...more };
}

function featureNodes(saved: SavedGraph, layers: number, positions: number): GraphNode[] {
  const active = saved.values('active_features');
  const activations = saved.values('activation_values');
  const seen = new Set<string>();
  return Array.from(saved.values('selected_features'), (at) => {
    const [layer, position, feature] = active.subarray(3 * at, 3 * at + 3);
    if (layer === undefined || position === undefined || feature === undefined) {
      throw saved.bad('selected_features names a feature that is not active');
    }
    const activation = activations[at];
    if (!(layer < layers) || !(position < positions) || !Number.isFinite(activation)) {
      throw saved.bad('active_features or activation_values hold what its model cannot have');
    }
    const node = made(
      { kind: 'mlp', layer, feature, position },
      { activation: activation as number },
    );
    if (seen.has(node.id)) throw saved.bad(`it has the feature ${node.id} twice`);
    seen.add(node.id);
    return node;
  });
}

function errorNodes(layers: number, positions: number): GraphNode[] {
  return Array.from({ length: layers * positions }, (_, at) =>
    made({
      kind: 'mlp-error',
      layer: Math.floor(at / positions),
      feature: -1,
      position: at % positions,
    }),
  );
}

/** Targets are tokens, or functions of several, which have numbers past the vocabulary. */
function logitNodes(saved: SavedGraph, layers: number, position: number): GraphNode[] {
  const probabilities = saved.values('logit_probabilities');
  return saved.targets.map(({ text, id }, at) => {
    const probability = probabilities[at] ?? 0;
    const label = `Output ${JSON.stringify(text)} (p=${probability.toFixed(3)})`;
    return made({ kind: 'logit', layer: layers, feature: id, position }, { label, probability });
  });
}

/** The dict that `Graph.to_pt` writes, field by field. */
class SavedGraph {
  readonly #file: TorchFile;
  readonly #data: PlainObject;

  constructor(file: TorchFile) {
    this.#file = file;
    const { data } = file;
    if (!isObject(data) || !('adjacency_matrix' in data) || !('active_features' in data)) {
      throw this.bad('it has no adjacency_matrix and active_features, as Graph.to_pt writes them');
    }
    this.#data = data;
  }

  field(name: string): PlainValue | undefined {
    return this.#data[name];
  }

  text(name: string): string {
    const value = this.field(name);
    if (typeof value === 'string') return value;
    throw this.bad(`${name} is not a text`);
  }

  /** Values of a tensor, row by row. */
  values(name: string): Float32Array {
    if (this.field(name) instanceof TensorReference) return this.#file.readFloat32(name);
    throw this.bad(`${name} is not a tensor`);
  }

  get layers(): number {
    const cfg = this.field('cfg');
    const layers = isObject(cfg) ? cfg.n_layers : undefined;
    if (typeof layers === 'number' && Number.isInteger(layers) && layers > 0) return layers;
    throw this.bad('cfg.n_layers is not a number of layers');
  }

  /** Ids and texts of the logits; files of before had ids alone. */
  get targets(): { text: string; id: number }[] {
    const targets = this.field('logit_targets');
    if (targets instanceof TensorReference) {
      return Array.from(this.values('logit_targets'), (id) => ({ text: `⟨#${id}⟩`, id }));
    }
    if (!Array.isArray(targets)) throw this.bad('logit_targets is not a list');
    return targets.map((target: PlainValue) => {
      const [text, id] = isObject(target)
        ? [target[0] ?? target.token_str, target[1] ?? target.vocab_idx]
        : Array.isArray(target)
          ? target
          : [];
      if (typeof text !== 'string' || typeof id !== 'number') {
        throw this.bad('logit_targets holds something else than texts with their ids');
      }
      return { text, id };
    });
  }

  /** Names of fields that are not known. */
  get unknown(): string[] {
    return Object.keys(this.#data).filter((name) => !FIELDS.has(name));
  }

  bad(what: string): LoupeError {
    return new LoupeError(
      'LOUPE_BAD_GRAPH',
      `${this.#file.path} is no graph that Loupe can read: ${what}.`,
    );
  }
}

function isObject(value: PlainValue | undefined): value is PlainObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof TensorReference)
  );
}
