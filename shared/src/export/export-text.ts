import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { writeGraphJson } from '../graph/write-graph-json.ts';
import { csvFile } from './csv.ts';
import { graphToDot } from './dot.ts';
import type { TextFormat } from './formats.ts';
import { edgesToCsv, nodesToCsv } from './graph-csv.ts';
import { graphToGraphml } from './graphml.ts';
import { heldGraph } from './held-graph.ts';
import { graphToHtml } from './html.ts';
import { graphToMermaid } from './mermaid.ts';
import { graphToSvg } from './svg.ts';

const WRITERS: Record<TextFormat, (graph: AttributionGraph, options: ExportOptions) => string> = {
  svg: graphToSvg,
  html: graphToHtml,
  dot: graphToDot,
  mmd: graphToMermaid,
  graphml: graphToGraphml,
  json: graphToNeuronpedia,
  'nodes.csv': (graph, options) => csvFile(nodesToCsv(graph, options)),
  'edges.csv': (graph, options) => csvFile(edgesToCsv(graph, options)),
};

/**
 * A graph in any format that is text.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the pinned circuit is to be drawn and nothing is pinned
 */
export function exportText(
  graph: AttributionGraph,
  format: TextFormat,
  options: ExportOptions = {},
): string {
  return WRITERS[format](graph, options);
}

/** A graph in Neuronpedia's schema, with pins, groups and labels; all of it unless told otherwise. */
export function graphToNeuronpedia(graph: AttributionGraph, options: ExportOptions = {}): string {
  return `${JSON.stringify(writeGraphJson(heldGraph(graph, options, 'all')))}\n`;
}
