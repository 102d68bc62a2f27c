import {
  type AttentionScoreRequest,
  type AttentionScoreResponse,
  type GraphNode,
  LoupeError,
} from '@loupe/shared';
import { biasNode, graphNode } from '../attribution/graph/graph-node.ts';
import { BIAS } from '../attribution/graph/output-vectors.ts';
import { type AttentionScore, attentionScore, type Look } from '../attribution/qk-attribution.ts';
import { mapYields } from '../map-yields.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';
import { openPrompt, replacePrompt } from './replace-prompt.ts';

const DEFAULT_TOP = 50;

/**
 * Why a head looks from one position at another, as pairs of what is written at both.
 *
 * @throws LoupeError before any work: unknown model or source, prompt refused, no such head or position
 */
export function* attentionScoreJob(
  request: AttentionScoreRequest,
  findModel: FindModel,
): Generator<AttentionScoreResponse | undefined, void> {
  const opened = openPrompt(findModel(request.model), request);
  const { model, sources, tokens } = opened;
  const look = checkedLook(request, model, tokens.length);
  // What the head's layer and later ones write, it does not read.
  const before = { ...opened, sources: sources.slice(0, look.layer) };
  const { replacement, dispose } = yield* mapYields(replacePrompt(before), () => undefined);
  try {
    const found = yield* attentionScore(replacement, look, request.top ?? DEFAULT_TOP);
    const node = (number: number): GraphNode =>
      number === BIAS
        ? biasNode()
        : graphNode(replacement.outputs, number, sources, (id) => model.tokenizer.text(id));
    const weights = replacement.frozen.attention(look.layer);
    const attention = weights.weight(look.head, look.query, look.key);
    yield answer(model, tokens, look, attention, found, node);
  } finally {
    dispose();
  }
}

/** @throws LoupeError `LOUPE_BAD_REQUEST` for a layer, head or position that there is not */
function checkedLook(
  { layer, head, query, key, versus }: AttentionScoreRequest,
  { gpt2 }: LoadedModel,
  positions: number,
): Look {
  const bad = (message: string) => new LoupeError('LOUPE_BAD_REQUEST', message);
  const block = gpt2.blockOf(layer);
  if (head >= block.heads) {
    throw bad(`Layer ${layer} has the heads 0 to ${block.heads - 1}, not ${head}.`);
  }
  const at = query ?? positions - 1;
  for (const position of [at, key, versus ?? 0]) {
    if (position >= positions) {
      throw bad(`There is no position ${position} in a prompt of ${positions} tokens.`);
    }
  }
  for (const position of [key, versus ?? 0]) {
    if (position > at) throw bad(`Position ${at} cannot look ahead, at ${position}.`);
  }
  if (key === versus) throw bad('"key" and "versus" are the same position.');
  return { layer, head, query: at, key, versus };
}

function answer(
  model: LoadedModel,
  tokens: string[],
  { layer, head, query, key, versus }: Look,
  attention: number,
  { score, pairs, queries, keys }: AttentionScore,
  node: (number: number) => GraphNode,
): AttentionScoreResponse {
  const named = new Map<number, GraphNode>();
  const idOf = (number: number): string => {
    const known = named.get(number) ?? node(number);
    named.set(number, known);
    return known.id;
  };
  const ends = (list: AttentionScore['queries']) =>
    list.map(({ node: number, contribution }) => ({ node: idOf(number), contribution }));
  return {
    model: model.id,
    layer,
    head,
    query,
    key,
    ...(versus !== undefined && { versus }),
    tokens,
    score,
    attention,
    pairs: pairs.map((pair) => ({ ...pair, query: idOf(pair.query), key: idOf(pair.key) })),
    queries: ends(queries),
    keys: ends(keys),
    nodes: Array.from(named.values(), ({ source = null, ...rest }) => ({ ...rest, source })),
  };
}
