import type { GraphEdges } from './attribution-graph.ts';
import { bad } from './untrusted.ts';

/**
 * Nodes in an order in which every edge runs forward (Kahn, 1962).
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` if there is none, because edges run in a circle
 */
export function topologicalOrder(
  nodes: number,
  edges: Pick<GraphEdges, 'source' | 'target'>,
): Int32Array {
  const { source, target } = edges;
  const waiting = new Int32Array(nodes);
  const first = new Int32Array(nodes + 1);
  for (let edge = 0; edge < source.length; edge++) {
    const from = source[edge] as number;
    first[from + 1] = (first[from + 1] as number) + 1;
    const to = target[edge] as number;
    waiting[to] = (waiting[to] as number) + 1;
  }
  for (let n = 0; n < nodes; n++) first[n + 1] = (first[n + 1] as number) + (first[n] as number);
  const next = first.slice(0, nodes);
  const targets = new Int32Array(source.length);
  for (let edge = 0; edge < source.length; edge++) {
    const from = source[edge] as number;
    const place = next[from] as number;
    targets[place] = target[edge] as number;
    next[from] = place + 1;
  }
  const order = new Int32Array(nodes);
  let found = 0;
  for (let n = 0; n < nodes; n++) if (waiting[n] === 0) order[found++] = n;
  for (let done = 0; done < found; done++) {
    const node = order[done] as number;
    for (let e = first[node] as number; e < (first[node + 1] as number); e++) {
      const to = targets[e] as number;
      const left = (waiting[to] as number) - 1;
      waiting[to] = left;
      if (left === 0) order[found++] = to;
    }
  }
  if (found < nodes) throw bad('its links run in a circle, which effects in a causal model cannot');
  return order;
}
