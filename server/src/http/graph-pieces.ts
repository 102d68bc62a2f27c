import { type AttributionGraph, writeGraphHead, writeLink, writeNodes } from '@loupe/shared';
import { jsonPieces } from './json-pieces.ts';

const LINKS_AT_ONCE = 1024;

/**
 * The JSON of a graph in UTF-8 pieces of some 100 KB, so that half a million links neither block the event
 * loop nor exist as one string.
 */
export function* graphPieces(graph: AttributionGraph): Generator<Buffer, void> {
  const head = JSON.stringify(writeGraphHead(graph));
  yield Buffer.from(`${head.slice(0, -1)},"nodes":`);
  yield* jsonPieces(writeNodes(graph));
  yield Buffer.from(',"links":[');
  const links = graph.edges.weight.length;
  for (let from = 0; from < links; from += LINKS_AT_ONCE) {
    const parts: string[] = [];
    for (let edge = from; edge < Math.min(links, from + LINKS_AT_ONCE); edge++) {
      parts.push(JSON.stringify(writeLink(graph, edge)));
    }
    yield Buffer.from(`${from === 0 ? '' : ','}${parts.join(',')}`);
  }
  yield Buffer.from(']}');
}
