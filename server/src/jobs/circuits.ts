import type {
  AttributionGraph,
  CircuitRequest,
  GraphEdges,
  GraphMode,
  GraphQuestion,
} from '@loupe/shared';
import { assembleGraph } from '../circuits/graph/assemble-graph.ts';
import { headParts } from '../circuits/graph/head-parts.ts';
import {
  type LogitTargets,
  likeliestOf,
  logitTargets,
  targetPosition,
  targetTokens,
} from '../circuits/graph/logit-targets.ts';
import type { TargetReader } from '../circuits/graph/target.ts';
import { traceGraph } from '../circuits/graph/trace-graph.ts';
import type { CircuitsEvent } from '../engine/jobs.ts';
import { mapYields } from '../map-yields.ts';
import type { FindModel } from './loaded-model.ts';
import { type OpenedPrompt, openPrompt, progress, replacePrompt } from './replace-prompt.ts';

const DEFAULT_MAX_NODES = 1000;
const NODES_AT_ONCE = 2048;
const EDGES_AT_ONCE = 65_536;

/**
 * The attribution graph of a prompt: progress, then the graph in pieces, each a message that neither end
 * takes long over.
 *
 * @throws LoupeError before the first event: unknown model or source, prompt or target refused; later
 *   `LOUPE_GRAPH_TOO_LARGE`
 */
export function* circuitsJob(
  request: CircuitRequest,
  findModel: FindModel,
): Generator<CircuitsEvent | undefined, void> {
  const { target = {}, maxNodes = DEFAULT_MAX_NODES, heads = false } = request;
  const opened = openPrompt(findModel(request.model), request);
  const { model, sources, prompt, tokens, mode } = opened;
  const { gpt2, tokenizer } = model;
  targetTokens(tokenizer, gpt2.config.vocabulary, target);
  targetPosition(target, opened.ids.length);

  const replaced = yield* replacePrompt(opened);
  const { trace, replacement } = replaced;
  let reader: TargetReader | undefined;
  try {
    const logits = logitTargets(gpt2, tokenizer, trace.finalResidual, target);
    reader = logits.reader;
    const traced = yield* mapYields(
      traceGraph(replacement, logits, maxNodes),
      (at) => at && progress('trace', at.done, at.total),
    );
    yield progress('finish', 0, 1);
    const assembled = yield* assembleGraph(replacement.writes, sources, logits, traced, {
      model: model.id,
      slug: slugOf(prompt, mode),
      prompt,
      tokens,
      mode,
      question: { ...questionOf(opened, logits, target), maxNodes },
      text: (id) => tokenizer.text(id),
    });
    yield* graphEvents(assembled.graph);
    if (!heads) return;
    for (const parts of headParts(replacement, traced.rows, assembled)) {
      yield { type: 'heads', ...parts };
    }
  } finally {
    reader?.dispose();
    replaced.dispose();
  }
}

/** What was asked, in ids and positions that mean the same wherever the graph is opened. */
function questionOf(
  { ids, bosAdded, sources }: OpenedPrompt,
  { targets, position }: LogitTargets,
  target: NonNullable<CircuitRequest['target']>,
): Omit<GraphQuestion, 'maxNodes'> {
  return {
    tokens: [...ids],
    prependedBos: bosAdded,
    target: {
      tokens: targets.flatMap(({ tokens }) => tokens),
      minus: targets.flatMap(({ minus }) => minus),
      position,
      ...(target.tokens === undefined && likeliestOf(target)),
    },
    sources: sources.flatMap(({ attention, mlp }) =>
      [attention, mlp].flatMap((source) => source?.id ?? []),
    ),
  };
}

/** A graph in pieces, but for its heads. */
export function* graphEvents(
  graph: Omit<AttributionGraph, 'heads'>,
): Generator<CircuitsEvent, void> {
  const { nodes, edges, ...head } = graph;
  yield { type: 'graph', graph: head, nodes: nodes.length, edges: edges.weight.length };
  for (let from = 0; from < nodes.length; from += NODES_AT_ONCE) {
    yield { type: 'nodes', nodes: nodes.slice(from, from + NODES_AT_ONCE) };
  }
  for (let from = 0; from < edges.weight.length; from += EDGES_AT_ONCE) {
    yield { type: 'edges', edges: edgesFrom(edges, from) };
  }
}

function edgesFrom({ source, target, weight }: GraphEdges, from: number): GraphEdges {
  const to = from + EDGES_AT_ONCE;
  return {
    source: source.slice(from, to),
    target: target.slice(from, to),
    weight: weight.slice(from, to),
  };
}

/** A name for files: the first words of the prompt. */
function slugOf(prompt: string, mode: GraphMode): string {
  const words = prompt.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...words.slice(0, 6), mode].join('-').slice(0, 80);
}
