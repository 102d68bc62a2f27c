import { LoupeError } from '../errors.ts';
import type { CircuitRequest } from '../wire/circuits.ts';
import type { AttributionGraph, GraphMode, GraphNode, GraphQuestion } from './attribution-graph.ts';
import { logitTexts } from './logit-texts.ts';

/** A request that means the same prompt, target and dictionaries as a graph, wherever it was made. */
export interface GraphRequest
  extends Required<Pick<CircuitRequest, 'model' | 'prependBos' | 'mode' | 'target'>>,
    Pick<CircuitRequest, 'tokens' | 'tokenTexts' | 'sources'> {}

/**
 * What the server has to be asked so that it measures what a graph explains: by token ids, not by text,
 * which may be split in another way, or have BOS put before it once more. A file that does not say what
 * was asked is taken at its nodes: tokens by its embeddings, or where one is missing by the tokens' texts;
 * target and position by its logits; sources by its features.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` where the file does not say what it explains
 */
export function requestOfGraph(graph: AttributionGraph): GraphRequest {
  const { question } = graph;
  return {
    ...promptOfGraph(graph),
    target: question ? askedTarget(question) : targetOf(graph),
  };
}

/** The same but for the target: which prompt, and what explains it. */
export function promptOfGraph(graph: AttributionGraph): Omit<GraphRequest, 'target'> {
  const { model, question } = graph;
  const sources = question?.sources ?? sourcesOf(graph);
  return {
    model,
    ...(question ? { tokens: question.tokens } : tokensOf(graph)),
    prependBos: false,
    mode: modeOf(graph),
    ...(sources.length > 0 && { sources }),
  };
}

/** How attention is treated: as the file says, or as circuit-tracer does where no feature is of attention. */
export function modeOf({ mode, nodes }: Pick<AttributionGraph, 'mode' | 'nodes'>): GraphMode {
  return mode ?? (nodes.some(({ kind }) => kind.startsWith('attention')) ? 'features' : 'frozen');
}

/** True if BOS stands before the text of a graph's prompt, rather than in it or nowhere. */
export function hasPrependedBos({ question, tokens, prompt }: AttributionGraph): boolean {
  if (question) return question.prependedBos;
  const [first] = tokens;
  return first !== undefined && /^<.+>$/s.test(first) && !prompt.startsWith(first);
}

type Target = GraphRequest['target'];

function askedTarget({ target: { tokens, minus, position } }: GraphQuestion): Target {
  return { tokens, ...(minus.length > 0 && { minus }), position };
}

function tokensOf({
  nodes,
  tokens,
}: AttributionGraph): Pick<GraphRequest, 'tokens' | 'tokenTexts'> {
  const ids = new Map<number, number>();
  for (const { kind, feature, position } of nodes) {
    if (kind === 'embedding' && feature >= 0) ids.set(position, feature);
  }
  const known = tokens.flatMap((_, position) => ids.get(position) ?? []);
  return known.length === tokens.length ? { tokens: known } : { tokenTexts: tokens };
}

function targetOf({ nodes }: AttributionGraph): Target {
  const logits = nodes.filter(({ kind }) => kind === 'logit');
  const [first] = logits;
  if (!first) throw unanswerable('it has no logit');
  const { position } = first;
  if (logits.some((logit) => logit.position !== position)) {
    throw unanswerable('its logits are of several positions');
  }
  const difference = logits.length === 1 ? differenceOf(first) : undefined;
  return { ...(difference ?? { tokens: logits.map(({ feature }) => feature) }), position };
}

/** The two sides of a difference, which files of before keep in its label only. */
function differenceOf({ label }: GraphNode): Pick<Target, 'tokens' | 'minus'> | undefined {
  const texts = logitTexts(label);
  return texts && texts.minus.length > 0 ? texts : undefined;
}

function sourcesOf({ nodes }: AttributionGraph): string[] {
  return [...new Set(nodes.flatMap(({ source }) => source ?? []))];
}

function unanswerable(why: string): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_GRAPH',
    `The file does not say which token is explained: ${why}. It can be read, but nothing can be ` +
      'measured by it. Make the graph anew.',
  );
}
