import {
  type AttributionGraph,
  type CircuitArrow,
  describeNode,
  formatNumber,
  type GraphNode,
  type PinnedBox,
  type PinnedParts,
} from '@loupe/shared';

/** Effects that are told with a box. */
const TOLD = 3;

function effects(
  lead: string,
  arrows: readonly CircuitArrow[],
  end: 'source' | 'target',
  boxes: readonly PinnedBox[],
): string {
  if (arrows.length === 0) return '';
  const told = arrows
    .slice(0, TOLD)
    .map((arrow) => `${boxes[arrow[end]]?.title} ${formatNumber(arrow.weight)}`);
  const more = arrows.length > TOLD ? ` and ${arrows.length - TOLD} more` : '';
  return `; ${lead} ${told.join(', ')}${more}`;
}

/** A box in words, for screen readers: what it is, what it reads from and writes to. */
export function boxWords(
  graph: AttributionGraph,
  { boxes, arrows }: PinnedParts,
  at: number,
): string {
  const drawn = boxes[at];
  if (!drawn) return '';
  const { box } = drawn;
  const node = graph.nodes[box.nodes[0] as number] as GraphNode;
  const name = box.isGroup
    ? `group ${drawn.title}, ${drawn.detail}`
    : `${drawn.title}, ${drawn.detail}, ${describeNode(node, graph)}`;
  const into = arrows.filter(({ target }) => target === at);
  const outOf = arrows.filter(({ source }) => source === at);
  return (
    name +
    effects('reads from', into, 'source', boxes) +
    effects('writes to', outOf, 'target', boxes)
  );
}
