import type { AttributionGraph } from '../graph/attribution-graph.ts';
import type { FigureModel } from './figure-model.ts';
import type { ExportOptions } from './figure-options.ts';
import { graphFigure } from './graph-figure.ts';
import { pinnedFigure } from './pinned-figure.ts';
import { shownGraph } from './shown-graph.ts';

/**
 * A graph as a figure: pruned at the thresholds of its view, or its pinned circuit.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the pinned circuit is asked for and nothing is pinned
 */
export function figureOf(graph: AttributionGraph, options: ExportOptions = {}): FigureModel {
  if (options.what === 'pinned') return pinnedFigure(graph, options);
  return graphFigure(shownGraph(graph), options);
}
