import { type AttributionGraph, writeGraphHead, writeLink, writeNodes } from '@loupe/shared';

const NODES_AT_ONCE = 256;
const LINKS_AT_ONCE = 1024;

/**
 * The JSON of a graph in UTF-8 pieces of some 100 KB, so that half a million links neither block the event
 * loop nor exist as one string.
 */
export function* graphPieces(graph: AttributionGraph): Generator<Buffer, void> {
  const head = JSON.stringify(writeGraphHead(graph));
  yield Buffer.from(`${head.slice(0, -1)},"nodes":[`);
  yield* elements(graph.nodes.length, NODES_AT_ONCE, (from, to) =>
    writeNodes({ ...graph, nodes: graph.nodes.slice(from, to) }),
  );
  yield Buffer.from('],"links":[');
  yield* elements(graph.edges.weight.length, LINKS_AT_ONCE, (from, to) =>
    Array.from({ length: to - from }, (_, i) => writeLink(graph, from + i)),
  );
  yield Buffer.from(']}');
}

/** The elements of an array without its brackets, some at a time. */
function* elements(
  length: number,
  atOnce: number,
  slice: (from: number, to: number) => object[],
): Generator<Buffer, void> {
  for (let from = 0; from < length; from += atOnce) {
    const text = JSON.stringify(slice(from, Math.min(length, from + atOnce)));
    yield Buffer.from(`${from === 0 ? '' : ','}${text.slice(1, -1)}`);
  }
}
