import type { CircuitRequest, GraphMode, GraphNode, GraphQuestion } from '@loupe/shared';
import { assembleGraph } from '../attribution/graph/assemble-graph.ts';
import { attributeGraph } from '../attribution/graph/attribute-graph.ts';
import { headParts } from '../attribution/graph/head-parts.ts';
import {
  type LogitTargets,
  likeliestOf,
  logitTargets,
  targetPosition,
  targetTokens,
} from '../attribution/graph/logit-targets.ts';
import { promotedTokens } from '../attribution/graph/promoted-tokens.ts';
import type { TargetReader } from '../attribution/graph/target.ts';
import { mapYields } from '../map-yields.ts';
import { type CircuitsEvent, graphEvents } from './graph-events.ts';
import type { FindModel } from './loaded-model.ts';
import { prunedGraph, thresholdsOf } from './pruned-graph.ts';
import { type OpenedPrompt, openPrompt, progress, replacePrompt } from './replace-prompt.ts';

const DEFAULT_MAX_NODES = 1000;

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
  const {
    target = {},
    maxNodes = DEFAULT_MAX_NODES,
    heads = false,
    firstPosition,
    prune,
  } = request;
  const opened = openPrompt(findModel(request.model), request);
  const { model, sources, prompt, tokens, mode } = opened;
  const { gpt2, tokenizer } = model;
  targetTokens(tokenizer, gpt2.config.vocabulary, target);
  targetPosition(target, opened.ids.length);

  const replaced = yield* replacePrompt(opened);
  const { cache, replacement } = replaced;
  let reader: TargetReader | undefined;
  try {
    const logits = logitTargets(gpt2, tokenizer, cache.finalResidual, target);
    reader = logits.reader;
    const attributed = yield* mapYields(
      attributeGraph(replacement, logits, maxNodes, firstPosition),
      (at) => at && progress('trace', at.done, at.total),
    );
    yield progress('finish', 0, 1);
    const assembled = yield* assembleGraph(replacement.outputs, sources, logits, attributed, {
      model: model.id,
      slug: slugOf(prompt, mode),
      prompt,
      tokens,
      mode,
      question: {
        ...questionOf(opened, logits, target),
        maxNodes,
        ...(firstPosition === false && { firstPosition }),
        ...(prune && { prune: thresholdsOf(prune) }),
      },
      text: (id) => tokenizer.text(id),
    });
    const { nodes } = assembled.graph;
    const promoted = promotedTokens(replacement.outputs, assembled.index, nodes, (vectors) =>
      gpt2.directLogitEffects(vectors),
    );
    for (const [node, token] of promoted) {
      (nodes[node] as GraphNode).promotes = tokenizer.text(token);
    }
    const parts = heads ? headParts(replacement, attributed.rows, assembled) : [];
    if (prune) {
      return yield* graphEvents(prunedGraph(assembled.graph, parts, thresholdsOf(prune)));
    }
    yield* graphEvents(assembled.graph);
    for (const some of parts) yield { type: 'heads', ...some };
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

/** A name for files: the first words of the prompt. */
function slugOf(prompt: string, mode: GraphMode): string {
  const words = prompt.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...words.slice(0, 6), mode].join('-').slice(0, 80);
}
