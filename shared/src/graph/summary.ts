import { tokenAt } from '../labels/describe-node.ts';
import { formatNumber } from '../labels/format-number.ts';
import { isEndOfText } from '../text/token-text.ts';
import type { AttributionGraph, GraphNode } from './attribution-graph.ts';
import { ConnectionIndex } from './connections.ts';
import { logitTexts } from './logit-texts.ts';
import { nodeLabel } from './pinned-circuit.ts';
import { type GraphPath, strongestPaths } from './strongest-paths.ts';

const CAUSES = 3;
const PATHS = 3;
/** Paths into each of several targets among which the shared ones are looked for. */
const SHARED_PATHS = 12;
/** Differences that are named of each of several targets. */
const DIFFERENCES = 2;
/** Differences up to this part of a target's largest effect are none worth naming. */
const LEAST_DIFFERENCE = 0.1;

/**
 * What a graph says, in sentences that can be copied into a text: what is explained, what acts on it
 * most, the paths that carry most influence, and how much the dictionaries miss. Several targets are one
 * text, with their differences named.
 *
 * @param graph the whole graph or a pruned one; shares are of the edges it has
 */
export function summarize(graph: AttributionGraph): string[] {
  const index = new ConnectionIndex(graph);
  const logits = [...graph.nodes.keys()].filter((at) => graph.nodes[at]?.kind === 'logit');
  const [first] = logits;
  const together =
    logits.length > 1 &&
    logits.every((at) => graph.nodes[at]?.position === graph.nodes[first ?? 0]?.position);
  const sentences = together
    ? describeSeveral(graph, index, logits)
    : logits.flatMap((logit) => describeLogit(graph, index, logit));
  return [...sentences, ...describeQuality(graph)];
}

function describeLogit(graph: AttributionGraph, index: ConnectionIndex, logit: number): string[] {
  const node = graph.nodes[logit] as GraphNode;
  const name = nodeLabel(graph, node);
  const sentences = [`${name} after ${quotedToken(graph, node.position)}: ${logitValue(node)}.`];
  const causes = index
    .of(logit)
    .inputs.filter((cause) => graph.nodes[cause.node]?.kind !== 'bias')
    .slice(0, CAUSES);
  if (causes.length > 0) {
    const parts = causes.map(
      ({ node: cause, weight, share }) =>
        `${nodeName(graph, cause)} (${signed(weight)}, ${percent(share)} of what reaches it)`,
    );
    sentences.push(
      `Its strongest direct ${causes.length === 1 ? 'cause is' : 'causes are'} ${joined(parts)}.`,
    );
  }
  const ways = strongestPaths(graph, logit, PATHS).map((path) => wayOf(graph, path, 1));
  return [...sentences, ...describeWays(graph, ways, 1)];
}

/** A way from the prompt up to what is explained, with the logits that it raises and lowers. */
interface Way {
  /** Indices of the nodes before the logit. */
  nodes: readonly number[];
  share: number;
  raises: number;
  lowers: number;
}

function wayOf(graph: AttributionGraph, path: GraphPath, weight: number): Way {
  const negative = path.edges.filter((edge) => (graph.edges.weight[edge] as number) < 0).length;
  const raises = negative % 2 === 0 ? 1 : 0;
  return {
    nodes: path.nodes.slice(0, -1),
    share: path.share * weight,
    raises,
    lowers: 1 - raises,
  };
}

/** The ways that carry most influence, one sentence each. */
function describeWays(graph: AttributionGraph, ways: readonly Way[], targets: number): string[] {
  return ways.map(({ nodes, share, raises, lowers }, rank) => {
    const lead = rank === 0 ? 'The strongest path' : 'The next';
    const steps = nodes.map((step) => nodeName(graph, step)).join(' → ');
    const effect = [
      ...(raises > 0 ? [`raises ${objects(raises, targets)}`] : []),
      ...(lowers > 0 ? [`lowers ${objects(lowers, targets)}`] : []),
    ].join(' and ');
    return `${lead}, ${percent(share)} of all influence, ${effect}: ${steps}.`;
  });
}

/** What a path acts on: `it`, `them all`, `3 of them`. */
function objects(count: number, targets: number): string {
  if (targets === 1) return 'it';
  return count === targets ? 'them all' : `${count} of them`;
}

/** A logit that is explained together with others. */
interface Target {
  logit: number;
  /** Its share of what is explained: its probability, or as much as the others where there is none. */
  weight: number;
  /** Its direct effects by the node that has them. */
  effects: ReadonlyMap<number, number>;
}

/**
 * Several logits at one position, as one text: what they have in common, weighted by probability, then
 * how each differs from that.
 */
function describeSeveral(
  graph: AttributionGraph,
  index: ConnectionIndex,
  logits: readonly number[],
): string[] {
  const known = logits.every((at) => (graph.nodes[at]?.probability ?? 0) > 0);
  const whole = known
    ? logits.reduce((sum, at) => sum + (graph.nodes[at]?.probability ?? 0), 0)
    : logits.length;
  const targets = logits.map((logit): Target => {
    const inputs = index.of(logit).inputs.filter(({ node }) => graph.nodes[node]?.kind !== 'bias');
    return {
      logit,
      weight: (known ? (graph.nodes[logit]?.probability ?? 0) : 1) / whole,
      effects: new Map(inputs.map(({ node, weight }) => [node, weight])),
    };
  });
  const mean = meanEffects(targets);
  const position = graph.nodes[logits[0] as number]?.position ?? 0;
  const names = targets.map(({ logit }) => {
    const { probability } = graph.nodes[logit] as GraphNode;
    return `${shortName(graph, logit)}${probability ? ` (${formatNumber(probability, 'sentence')})` : ''}`;
  });
  const held = known ? `, which hold ${percent(whole)} of the probability` : '';
  const sentences = [
    `${targets.length} next tokens after ${quotedToken(graph, position)} are explained together${held}: ${joined(names)}.`,
  ];
  const causes = largest(mean).slice(0, CAUSES);
  if (causes.length > 0) {
    const parts = causes.map(([node, weight]) => `${nodeName(graph, node)} (${signed(weight)})`);
    const how = known ? 'on average, weighted by probability,' : 'on average';
    sentences.push(
      `What acts on them most directly, ${how} ${causes.length === 1 ? 'is' : 'are'} ${joined(parts)}.`,
    );
  }
  const ways = sharedWays(graph, targets).slice(0, PATHS);
  sentences.push(...describeWays(graph, ways, targets.length));
  return [...sentences, ...describeDifferences(graph, targets, mean)];
}

/** The ways into several logits, those that differ in the logit alone put together, strongest first. */
function sharedWays(graph: AttributionGraph, targets: readonly Target[]): Way[] {
  const found = new Map<string, Way>();
  for (const { logit, weight } of targets) {
    for (const path of strongestPaths(graph, logit, SHARED_PATHS)) {
      const way = wayOf(graph, path, weight);
      const key = way.nodes.join();
      const known = found.get(key);
      if (!known) found.set(key, way);
      else {
        known.share += way.share;
        known.raises += way.raises;
        known.lowers += way.lowers;
      }
    }
  }
  return [...found.values()].sort((a, b) => b.share - a.share);
}

/** Direct effects on several logits, the mean of each node's by the logits' weights. */
function meanEffects(targets: readonly Target[]): Map<number, number> {
  const mean = new Map<number, number>();
  for (const { effects, weight } of targets) {
    for (const [node, effect] of effects) mean.set(node, (mean.get(node) ?? 0) + weight * effect);
  }
  return mean;
}

/** How each of several logits differs from what they have in common; those that hardly do in one line. */
function describeDifferences(
  graph: AttributionGraph,
  targets: readonly Target[],
  mean: ReadonlyMap<number, number>,
): string[] {
  const alike: string[] = [];
  const differing = targets.flatMap(({ logit, effects }) => {
    const most = Math.max(...[...effects.values()].map(Math.abs), 0);
    const differences = new Map(
      [...new Set([...effects.keys(), ...mean.keys()])].map((node) => [
        node,
        (effects.get(node) ?? 0) - (mean.get(node) ?? 0),
      ]),
    );
    const named = largest(differences)
      .filter(([, by]) => Math.abs(by) > LEAST_DIFFERENCE * most)
      .slice(0, DIFFERENCES);
    const name = shortName(graph, logit);
    if (named.length === 0) alike.push(name);
    const parts = named.map(
      ([node]) =>
        `${nodeName(graph, node)} (${signed(effects.get(node) ?? 0)} rather than ${signed(mean.get(node) ?? 0)})`,
    );
    return parts.length === 0 ? [] : [`${name} differs from that by ${joined(parts)}.`];
  });
  if (alike.length === 0) return differing;
  return [
    ...differing,
    `${joined(alike)} ${alike.length === 1 ? 'hardly differs' : 'hardly differ'} from that.`,
  ];
}

/** Entries by falling size. */
function largest(effects: ReadonlyMap<number, number>): [node: number, effect: number][] {
  return [...effects].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
}

/** A logit by its token alone, `“ Mary”`, or as its label has it where that holds something else. */
function shortName(graph: AttributionGraph, logit: number): string {
  const node = graph.nodes[logit] as GraphNode;
  const label = nodeLabel(graph, node);
  const texts = logitTexts(label);
  return texts?.minus.length === 0 && texts.tokens.length === 1 ? `“${texts.tokens[0]}”` : label;
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
  const at = quotedToken(graph, position);
  const given = Object.hasOwn(graph.view.labels, id) ? ` (${graph.view.labels[id]})` : '';
  switch (kind) {
    case 'attention':
    case 'mlp':
      return `${source ?? `${layer} ${kind}`}/${feature}${given || promoted(node)} at ${at}`;
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

/** What tells a feature that nobody has named. */
function promoted({ promotes }: GraphNode): string {
  return promotes === undefined ? '' : ` (promotes “${promotes}”)`;
}

/** `“ Mary” (2)`, `BOS (0)`: a token with its position, since words repeat. */
function quotedToken(graph: AttributionGraph, position: number): string {
  const text = graph.tokens[position] ?? '';
  return `${isEndOfText(text) ? tokenAt(graph, position) : `“${text}”`} (${position})`;
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
