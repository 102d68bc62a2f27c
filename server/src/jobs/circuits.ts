import type {
  AttributionGraph,
  CircuitProgress,
  CircuitRequest,
  GraphEdges,
  GraphMode,
} from '@loupe/shared';
import { assembleGraph } from '../circuits/graph/assemble-graph.ts';
import { buildReplacement, replacementHooks } from '../circuits/graph/build-replacement.ts';
import { graphSources } from '../circuits/graph/graph-sources.ts';
import { logitTargets, targetPosition, targetTokens } from '../circuits/graph/logit-targets.ts';
import { traceGraph } from '../circuits/graph/trace-graph.ts';
import type { CircuitsEvent } from '../engine/jobs.ts';
import { keptHooks, runLayers } from '../trace/run-layers.ts';
import { Trace } from '../trace/trace.ts';
import { chooseSources } from './choose-sources.ts';
import type { FindModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';

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
  const model = findModel(request.model);
  const { gpt2, tokenizer } = model;
  const layers = gpt2.blocks.length;
  const { mode = 'features', target = {}, maxNodes = DEFAULT_MAX_NODES } = request;
  const chosen = chooseSources(model, request.sources);
  const sources = graphSources(chosen, request.sources !== undefined, layers, mode);
  const { ids, text, bosAdded } = promptTokens(request, tokenizer, gpt2.config);
  targetTokens(tokenizer, target);
  targetPosition(target, ids.length);

  yield progress('model', 0, layers);
  const trace = new Trace(ids);
  try {
    const kept = keptHooks(gpt2, replacementHooks(layers));
    for (const layer of runLayers(gpt2, trace, kept, undefined)) {
      yield progress('model', layer + 1, layers);
    }
    const dictionary: Parameters<typeof buildReplacement>[4] = (source) => model.dictionary(source);
    const replacement = yield* withProgress(
      buildReplacement(gpt2, trace, mode, sources, dictionary),
      (done) => progress('encode', done, 2 * layers),
    );
    const logits = logitTargets(gpt2, tokenizer, trace.finalResidual, target);
    try {
      const traced = yield* withProgress(
        traceGraph(replacement, logits, maxNodes),
        (at) => at && progress('trace', at.done, at.total),
      );
      yield progress('finish', 0, 1);
      const tokens = tokenizer.tokens(ids, text, bosAdded).map((token) => token.text);
      const prompt = text ?? tokens.join('');
      yield* graphEvents(
        assembleGraph(replacement.writes, sources, logits, traced, {
          model: model.id,
          slug: slugOf(prompt, mode),
          prompt,
          tokens,
          mode,
          text: (id) => tokenizer.text(id),
        }),
      );
    } finally {
      logits.reader.dispose();
      replacement.dispose();
    }
  } finally {
    trace.release();
  }
}

function progress(phase: CircuitProgress['phase'], done: number, total: number): CircuitsEvent {
  return { type: 'progress', phase, done, total };
}

/** Runs a generator to its result and turns what it yields into events. */
function* withProgress<Y, R>(
  work: Generator<Y, R>,
  event: (yielded: Y) => CircuitsEvent | undefined,
): Generator<CircuitsEvent | undefined, R> {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      yield event(value);
    }
  } finally {
    // A job that is cancelled leaves here, and what the work holds is freed.
    work.return(undefined as R);
  }
}

function* graphEvents(graph: AttributionGraph): Generator<CircuitsEvent, void> {
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
