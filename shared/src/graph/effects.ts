import type { AttributionGraph } from './attribution-graph.ts';
import { edgesBySource, edgesByTarget } from './influence.ts';
import { topologicalOrder } from './order.ts';

type Graph = Pick<AttributionGraph, 'nodes' | 'edges'>;

/**
 * The total effect of every node on one node, signed: the sum, over all paths in the graph, of the first
 * edge times what each later edge gives for its share of a change. An edge `s → t` of weight `A[t,s]`
 * passes on `A[t,s] / a_t` of a relative change of `t`, whose activation is `a_t`, so
 *
 *     T[n] = A[goal,n] + Σ_t A[t,n] · T[t] / a_t   over the features t.
 *
 * It is what the goal would lose if the node wrote nothing, as long as no activation function on the way
 * changes sides, attention patterns, LayerNorm scales and errors stay, and what the graph leaves out
 * stays too.
 *
 * @param goal index of a logit, or of a feature
 * @returns `[node]`, in units of the goal; 0 for what does not reach it, and for the goal itself
 */
export function totalEffects(graph: Graph, goal: number): Float64Array {
  const { nodes, edges } = graph;
  const { first, edge } = edgesByTarget(nodes.length, edges);
  const effects = new Float64Array(nodes.length);
  const order = topologicalOrder(nodes.length, edges);
  for (let at = order.length - 1; at >= 0; at--) {
    const target = order[at] as number;
    const passed = target === goal ? 1 : perUnit(graph, target, effects[target] as number);
    if (passed === 0) continue;
    for (let e = first[target] as number; e < (first[target + 1] as number); e++) {
      const via = edge[e] as number;
      const source = edges.source[via] as number;
      effects[source] = (effects[source] as number) + (edges.weight[via] as number) * passed;
    }
  }
  return effects;
}

/**
 * What the graph predicts of an intervention: how far each node's value moves when some nodes are held
 * elsewhere. Paths through a node that is held end there, and nothing else is assumed than what
 * `totalEffects` assumes.
 *
 * @param changes by index of a node, its relative change: −1 ablates, 1 doubles
 * @returns `[node]` change of the activation, logit or difference, in its own units
 */
export function predictChanges(graph: Graph, changes: ReadonlyMap<number, number>): Float64Array {
  const { nodes, edges } = graph;
  const { first, edge } = edgesBySource(nodes.length, edges);
  const moved = new Float64Array(nodes.length);
  for (const source of topologicalOrder(nodes.length, edges)) {
    const held = changes.get(source);
    const activation = nodes[source]?.activation as number;
    if (held !== undefined) moved[source] = held * activation;
    const relative = held ?? perUnit(graph, source, moved[source] as number);
    if (relative === 0) continue;
    for (let e = first[source] as number; e < (first[source + 1] as number); e++) {
      const via = edge[e] as number;
      const target = edges.target[via] as number;
      moved[target] = (moved[target] as number) + (edges.weight[via] as number) * relative;
    }
  }
  return moved;
}

/** A feature's value over its activation. Other kinds pass nothing on that they did not write themselves. */
function perUnit({ nodes }: Graph, node: number, value: number): number {
  const { kind, activation } = nodes[node] as Graph['nodes'][number];
  const isFeature = kind === 'attention' || kind === 'mlp';
  return isFeature && activation !== 0 ? value / activation : 0;
}
