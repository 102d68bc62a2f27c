import type { AttributionGraph, GraphNode, NodeChange } from '@loupe/shared';
import { featureOf } from '../detail/feature-info.ts';

/** What is changed: a node of the graph, or a head, which is none. */
export type Subject =
  | { what: 'node'; node: GraphNode; everywhere: boolean }
  | { what: 'head'; head: string };

/** How: its activation, error or output multiplied, or, of features only, put to a value. */
export interface How {
  by: 'scale' | 'set';
  value: number;
}

/** One change of an intervention. */
export interface Change {
  /** Unique in its list. */
  key: string;
  subject: Subject;
  how: How;
}

export const ABLATE: How = { by: 'scale', value: 0 };

/** True for nodes that can be changed: features, and errors. */
export function isChangeable({ kind, source }: GraphNode): boolean {
  return source !== undefined || kind === 'attention-error' || kind === 'mlp-error';
}

export function nodeChange(node: GraphNode): Change {
  return { key: node.id, subject: { what: 'node', node, everywhere: false }, how: ABLATE };
}

export function headChange(head: string): Change {
  return { key: `head ${head}`, subject: { what: 'head', head }, how: ABLATE };
}

/** A change as the API takes it. */
export function wireChange({ subject, how }: Change): NodeChange {
  if (subject.what === 'head') return { head: subject.head, scale: how.value };
  const { node, everywhere } = subject;
  const where = everywhere ? {} : { positions: [node.position] };
  const feature = featureOf(node);
  if (feature === undefined) {
    const error = node.kind === 'attention-error' ? 'attention' : 'mlp';
    return { error, layer: node.layer, scale: how.value, ...where };
  }
  return { feature, ...where, ...(how.by === 'set' ? { set: how.value } : { scale: how.value }) };
}

/**
 * The relative change of each node of a graph that changes mean, by index; undefined where one is of
 * something that is no node, of which a graph predicts nothing.
 */
export function relativeChanges(
  graph: AttributionGraph,
  changes: readonly Change[],
): Map<number, number> | undefined {
  const found = new Map<number, number>();
  for (const { subject, how } of changes) {
    if (subject.what === 'head') return undefined;
    const { node, everywhere } = subject;
    for (const [index, other] of graph.nodes.entries()) {
      const same = everywhere ? isSame(other, node) : other.id === node.id;
      if (!same) continue;
      // A change after another acts on what that one left.
      const before = 1 + (found.get(index) ?? 0);
      const after = how.by === 'set' ? how.value / other.activation : before * how.value;
      found.set(index, after - 1);
    }
  }
  return found;
}

function isSame(one: GraphNode, other: GraphNode): boolean {
  return one.kind === other.kind && one.layer === other.layer && one.feature === other.feature;
}
