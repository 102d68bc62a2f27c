import type { AttributionGraph } from '../graph/attribution-graph.ts';
import type { FigureModel } from './figure-model.ts';
import type { ExportOptions } from './figure-options.ts';
import { graphFigure } from './graph-figure.ts';
import { shownGraph } from './shown-graph.ts';

/** A graph as a figure: pruned at the thresholds of its view, or its pinned circuit. */
export function figureOf(graph: AttributionGraph, options: ExportOptions = {}): FigureModel {
  return graphFigure(shownGraph(graph), options);
}
