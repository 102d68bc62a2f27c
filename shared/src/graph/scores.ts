import type { AttributionGraph, GraphQuality } from './attribution-graph.ts';
import { countedEdges, influenceOf, logitWeights, normalizedWeights } from './influence.ts';

type GraphScores = Pick<GraphQuality, 'replacement' | 'completeness'>;

/**
 * How much of a graph is explained (circuit-tracer, `compute_graph_scores`).
 *
 * - replacement: influence of tokens over that of tokens and errors, `Σ B[tokens] / (Σ B[tokens] + Σ B[errors])`;
 * - completeness: share of inputs that are not errors, weighted by influence,
 *   `Σ_n (1 − Σ_errors N[n, e]) (B[n] + w[n]) / Σ_n (B[n] + w[n])`.
 *
 * Position embeddings count as tokens, biases not at all: circuit-tracer has neither.
 *
 * @param mask 1 for the edges that count; default all
 */
export function graphScores(
  { nodes, edges }: Pick<AttributionGraph, 'nodes' | 'edges'>,
  mask?: Uint8Array,
): GraphScores {
  const counted = countedEdges({ nodes, edges });
  if (mask) for (let edge = 0; edge < mask.length; edge++) if (mask[edge] === 0) counted[edge] = 0;
  const normalized = normalizedWeights(nodes.length, edges, counted);
  return scoresOf({ nodes, edges }, normalized, influenceOf({ nodes, edges }, normalized));
}

/**
 * The same where shares and influence are known already.
 *
 * @param normalized share of each edge, 0 for those left out
 */
export function scoresOf(
  { nodes, edges }: Pick<AttributionGraph, 'nodes' | 'edges'>,
  normalized: Float64Array,
  influence: Float64Array,
): GraphScores {
  let tokens = 0;
  let errors = 0;
  for (const [node, { kind }] of nodes.entries()) {
    const value = influence[node] as number;
    if (kind === 'embedding' || kind === 'position') tokens += value;
    else if (kind.endsWith('-error')) errors += value;
  }
  const reached = logitWeights(nodes).map((weight, node) => weight + (influence[node] as number));
  const fromErrors = new Float64Array(nodes.length);
  const isError = Uint8Array.from(nodes, ({ kind }) => (kind.endsWith('-error') ? 1 : 0));
  for (let edge = 0; edge < edges.source.length; edge++) {
    if (isError[edges.source[edge] as number] === 0) continue;
    const target = edges.target[edge] as number;
    fromErrors[target] = (fromErrors[target] as number) + (normalized[edge] as number);
  }
  let complete = 0;
  let all = 0;
  for (const [node, weight] of reached.entries()) {
    complete += (1 - (fromErrors[node] as number)) * weight;
    all += weight;
  }
  return {
    replacement: tokens + errors > 0 ? tokens / (tokens + errors) : 0,
    completeness: all > 0 ? complete / all : 0,
  };
}
