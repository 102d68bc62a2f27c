import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';
import { FreeSpace } from '../../scene/free-space.ts';
import type { Measure } from '../../text/fit-text.ts';
import { type DrawnParts, isFeature } from './drawn-parts.ts';
import type { GraphLayout } from './layout-graph.ts';
import { nodeCaption } from './node-caption.ts';

/** Size of the letters of names, tokens and layers, in pixels at zoom 1. */
export const TEXT_SIZE = 11;
/** Height of a line of names. */
const LINE = 12;
/** Room between a mark, with a ring about it, and its name. */
const ROOM = 6;
/** Pixels of the drawing's width for each name of a feature that is written unasked. */
const WIDTH_PER_NAME = 33;
const MAX_NAMES = 60;

/** A name in the picture. */
export interface PlacedName {
  node: number;
  text: string;
  /** The middle of its line, and the baseline. */
  x: number;
  y: number;
}

/**
 * The nodes that have a name in the picture, the most important first: logits, what the reader has
 * chosen, named and pinned, then the most influential features, as many as the width is for.
 */
export function namedNodes(
  graph: AttributionGraph,
  { influence }: DrawnParts,
  { shown, width }: GraphLayout,
): number[] {
  const { nodes, view } = graph;
  const pinned = new Set(view.pinned);
  // Tokens stand below their columns already, unless the reader calls them otherwise.
  const rankOf = (node: number): number => {
    const { kind, id } = nodes[node] as GraphNode;
    if (kind === 'logit') return 0;
    const isNamed = Object.hasOwn(view.labels, id);
    if (kind === 'embedding' && !isNamed) return 5;
    if (view.clicked === id) return 1;
    if (isNamed) return 2;
    if (pinned.has(id)) return 3;
    return isFeature({ kind }) ? 4 : 5;
  };
  const unasked = Math.min(MAX_NAMES, Math.round(width / WIDTH_PER_NAME));
  const strength = (node: number) => influence[node] as number;
  const asked: { node: number; rank: number }[] = [];
  // The strongest so far, by falling influence: there are thousands, of which few are named.
  const strongest: number[] = [];
  for (const node of shown) {
    const rank = rankOf(node);
    if (rank < 4) asked.push({ node, rank });
    if (rank !== 4) continue;
    const isFull = strongest.length >= unasked;
    if (isFull && !(strength(strongest.at(-1) ?? node) < strength(node))) continue;
    if (isFull) strongest.pop();
    const place = strongest.findIndex((other) => strength(other) < strength(node));
    strongest.splice(place < 0 ? strongest.length : place, 0, node);
  }
  asked.sort((a, b) => a.rank - b.rank || strength(b.node) - strength(a.node));
  return [...asked.map(({ node }) => node), ...strongest];
}

/**
 * Puts names beside their nodes, off marks and off each other. Names of logits, and of what the reader
 * has chosen, stand above theirs in any case; others for which there is no room are left out.
 *
 * @param zoom of the drawing; letters stay as large as they are
 * @param markScale of marks at that zoom
 */
export function placeNames(
  graph: AttributionGraph,
  parts: DrawnParts,
  layout: GraphLayout,
  measure: Measure,
  { zoom, markScale }: { zoom: number; markScale: number } = { zoom: 1, markScale: 1 },
): PlacedName[] {
  const right = layout.width * zoom;
  const space = new FreeSpace({ left: 0, top: 0, right, bottom: layout.height * zoom });
  const centre = (node: number) => ({
    x: (layout.x[node] as number) * zoom,
    y: (layout.y[node] as number) * zoom,
    radius: ((layout.size[node] as number) * markScale) / 2,
  });
  for (const node of layout.shown) {
    const { x, y, radius } = centre(node);
    space.take({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });
  }
  return namedNodes(graph, parts, layout).flatMap((index): PlacedName[] => {
    const node = graph.nodes[index] as GraphNode;
    const { x, y, radius } = centre(index);
    const text = nodeCaption(node, graph, measure);
    const half = measure(text) / 2 + 2;
    const middle = Math.min(Math.max(x, half), Math.max(right - half, half));
    const at = (centreX: number, baseline: number) => ({
      left: centreX - half,
      right: centreX + half,
      top: baseline - LINE + 3,
      bottom: baseline + 2,
    });
    const above = at(middle, y - radius - ROOM);
    const beside = half + radius + 3;
    const isSure = node.kind === 'logit' || graph.view.clicked === node.id;
    if (isSure) space.take(above);
    const found = isSure
      ? above
      : space.takeFirst([
          above,
          at(x + beside, y + 4),
          at(x - beside, y + 4),
          at(middle, y + radius + ROOM + LINE - 3),
          at(x + half, y - radius - 2),
          at(x - half, y - radius - 2),
        ]);
    return found
      ? [{ node: index, text, x: (found.left + found.right) / 2, y: found.bottom - 2 }]
      : [];
  });
}
