import type { AttributionGraph, GraphQuestion } from './attribution-graph.ts';
import { bad, type Fields, list, record, text } from './untrusted.ts';

/**
 * What a graph was asked with, `metadata.loupe.question`; nothing for a file that does not say.
 *
 * @param positions of the prompt
 * @throws LoupeError `LOUPE_BAD_GRAPH` for one that cannot be asked
 */
export function readQuestion(
  loupe: Fields | undefined,
  positions: number,
): Pick<AttributionGraph, 'question'> {
  if (loupe?.question === undefined) return {};
  const question = record(loupe.question, NAME);
  const tokens = wholes(question.tokens, `${NAME}.tokens`);
  if (tokens.length !== positions) {
    throw bad(`${NAME}.tokens are ${tokens.length}, and metadata.prompt_tokens ${positions}`);
  }
  const sources = list(question.sources, `${NAME}.sources`);
  return {
    question: {
      tokens,
      prependedBos: question.prependedBos === true,
      target: readTarget(record(question.target, `${NAME}.target`), positions),
      sources: sources.map((source) => text(source, `${NAME}.sources`)),
      maxNodes: whole(question.maxNodes, `${NAME}.maxNodes`),
      ...(question.firstPosition === false && { firstPosition: false }),
      ...readPrune(question.prune),
    },
  };
}

const NAME = 'metadata.loupe.question';

function readTarget(json: Fields, positions: number): GraphQuestion['target'] {
  const tokens = wholes(json.tokens, `${NAME}.target.tokens`);
  if (tokens.length === 0) throw bad(`${NAME}.target.tokens is empty`);
  const position = whole(json.position, `${NAME}.target.position`);
  if (position >= positions) throw bad(`${NAME}.target.position is past the prompt`);
  const { probability, max } = json;
  return {
    tokens,
    minus: wholes(json.minus, `${NAME}.target.minus`),
    position,
    ...(isShare(probability) && { probability }),
    ...(isWhole(max) && { max }),
  };
}

function readPrune(json: unknown): Pick<GraphQuestion, 'prune'> {
  if (json === undefined) return {};
  const { nodes, edges } = record(json, `${NAME}.prune`);
  if (!isShare(nodes) || !isShare(edges)) throw bad(`${NAME}.prune is not two shares`);
  return { prune: { nodes, edges } };
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function wholes(value: unknown, name: string): number[] {
  return list(value, name).map((entry) => whole(entry, name));
}

function whole(value: unknown, name: string): number {
  if (isWhole(value)) return value;
  throw bad(`${name} holds something else than whole numbers`);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
