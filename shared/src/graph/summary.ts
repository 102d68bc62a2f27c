import { formatNumber } from '../labels/format-number.ts';
import type { AttributionGraph, GraphNode } from './attribution-graph.ts';
import { ConnectionIndex } from './connections.ts';
import { nodeLabel } from './pinned-circuit.ts';
import { strongestPaths } from './strongest-paths.ts';

const CAUSES = 3;
const PATHS = 3;

/**
 * What a graph says, in sentences that can be copied into a text: what is explained, what acts on it
 * most, the paths that carry most influence, and how much the dictionaries miss.
 *
 * @param graph the whole graph or a pruned one; shares are of the edges it has
 */
export function summarize(graph: AttributionGraph): string[] {
  const index = new ConnectionIndex(graph);
  const sentences = graph.nodes.flatMap((node, at) =>
    node.kind === 'logit' ? describeLogit(graph, index, at, node) : [],
  );
  return [...sentences, ...describeQuality(graph)];
}

function describeLogit(
  graph: AttributionGraph,
  index: ConnectionIndex,
  logit: number,
  node: GraphNode,
): string[] {
  const name = nodeLabel(graph, node);
  const sentences = [`${name} after ${tokenAt(graph, node.position)}: ${logitValue(node)}.`];
  const causes = index
    .of(logit)
    .inputs.filter((cause) => graph.nodes[cause.node]?.kind !== 'bias')
    .slice(0, CAUSES);
  if (causes.length > 0) {
    const parts = causes.map(
      ({ node: cause, weight, share }) =>
        `${nodeName(graph, cause)} (${signed(weight)}, ${percent(share)} of what reaches it)`,
    );
    sentences.push(`It gets most directly from ${joined(parts)}.`);
  }
  for (const [rank, path] of strongestPaths(graph, logit, PATHS).entries()) {
    const signs = path.edges.filter((edge) => (graph.edges.weight[edge] as number) < 0).length;
    const effect = signs % 2 === 0 ? 'raises' : 'lowers';
    const way = path.nodes.slice(0, -1).map((step) => nodeName(graph, step));
    const lead = rank === 0 ? 'The strongest path' : 'The next';
    sentences.push(
      `${lead}, ${percent(path.share)} of all influence, ${effect} it: ${way.join(' → ')}.`,
    );
  }
  return sentences;
}

function logitValue({ probability, activation }: GraphNode): string {
  if (probability === undefined || probability === 0)
    return `logit difference ${formatNumber(activation, 'sentence')}`;
  return `probability ${formatNumber(probability, 'sentence')}, ${formatNumber(activation, 'sentence')} above the mean logit`;
}

function describeQuality({ quality, mode }: AttributionGraph): string[] {
  if (!quality) return [];
  const { replacement, completeness, exactness, omittedInfluence } = quality;
  const { omittedFirst, prunedNodes, prunedEdges } = quality;
  const first =
    omittedFirst === undefined
      ? ''
      : ` Features and errors at position 0 are left out; they hold ${percent(omittedFirst)} of the ` +
        'influence, which the sums of effects lack.';
  const pruned =
    prunedNodes === undefined
      ? ''
      : ` ${prunedNodes} nodes and ${prunedEdges ?? 0} edges were pruned when the graph was made.`;
  const frozen =
    mode === 'frozen'
      ? 'Attention is passed through by its output matrices'
      : 'Features of attention outputs and of MLPs are nodes';
  const omitted =
    omittedInfluence > 0
      ? ` Nodes left out hold ${percent(omittedInfluence)} of the influence.`
      : '';
  return [
    `${frozen}; attention patterns and LayerNorm scales are frozen. Tokens, not errors, account for ` +
      `${percent(replacement)} of the influence (replacement score), and ${percent(completeness)} of ` +
      `the inputs are explained (completeness).${omitted} Effects into every node add up to its value ` +
      `within ${exactness.toExponential(0)} of it${first === '' ? '' : ', with what is left out'}.${first}${pruned}`,
  ];
}

/** A node as a sentence names it. */
function nodeName(graph: AttributionGraph, index: number): string {
  const node = graph.nodes[index] as GraphNode;
  const { kind, layer, source, feature, position, id } = node;
  const at = tokenAt(graph, position);
  const given = Object.hasOwn(graph.view.labels, id) ? ` (${graph.view.labels[id]})` : '';
  switch (kind) {
    case 'attention':
    case 'mlp':
      return `${source ?? `${layer} ${kind}`}/${feature}${given} at ${at}`;
    case 'attention-error':
      return `what the attention dictionary of layer ${layer} misses at ${at}`;
    case 'mlp-error':
      return `what the MLP dictionary of layer ${layer} misses at ${at}`;
    case 'embedding':
      return `the token ${at}`;
    case 'position':
      return `the position of ${at}`;
    case 'bias':
      return 'the biases';
    case 'logit':
      return nodeLabel(graph, node);
  }
}

/** `“ Mary” (2)`: a token with its position, since words repeat. */
function tokenAt({ tokens }: AttributionGraph, position: number): string {
  return `“${tokens[position] ?? ''}” (${position})`;
}

function joined(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatNumber(Math.abs(value), 'sentence')}`;
}
