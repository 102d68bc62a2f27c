import type { AttributionGraph } from '../graph/attribution-graph.ts';
import type { FigureModel } from '../scene/figure-model.ts';
import type { ExportOptions } from './figure-options.ts';
import { drawnAtView } from './graph/drawn-parts.ts';
import { graphFigure } from './graph/graph-figure.ts';
import { pinnedFigure } from './pinned/pinned-figure.ts';

/**
 * A graph as a figure: pruned at the thresholds of its view, or its pinned circuit. Nodes and edges have
 * the numbers that they have in `shownGraph`.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the pinned circuit is asked for and nothing is pinned
 */
export function figureOf(graph: AttributionGraph, options: ExportOptions = {}): FigureModel {
  if (options.what === 'pinned') return pinnedFigure(graph, options);
  const { parts, kept } = drawnAtView(graph);
  const numbers = { node: places(kept.nodes), edge: places(kept.edges) };
  return graphFigure(graph, parts, options, numbers);
}

/** For each that is kept how many kept ones come before it. */
function places(kept: Uint8Array): Int32Array {
  let next = 0;
  return Int32Array.from(kept, (isKept) => (isKept === 1 ? next++ : -1));
}
