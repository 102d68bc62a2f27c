import { figureOf } from '../charts/figure.ts';
import type { ExportOptions } from '../charts/figure-options.ts';
import { LoupeError } from '../errors.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { readGraphJson } from '../graph/read-graph-json.ts';
import { figureToSvg } from '../scene/to-svg.ts';
import { escapeXml } from '../text/svg.ts';
import { embeddedGraph } from './held-graph.ts';

const NAMESPACE = 'urn:loupe:graph';
const EMBEDDED = /<loupe:graph xmlns:loupe="urn:loupe:graph">([^<]*)<\/loupe:graph>/;

/** A graph as a self-contained SVG, which carries its data so that it opens again in Loupe. */
export function graphToSvg(graph: AttributionGraph, options: ExportOptions = {}): string {
  const json = embeddedGraph(graph, options);
  // XML has no way to write these two, JSON has.
  const safe = json?.replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
  return figureToSvg(
    figureOf(graph, options),
    options.theme ?? 'light',
    safe === undefined
      ? ''
      : `<loupe:graph xmlns:loupe="${NAMESPACE}">${escapeXml(safe)}</loupe:graph>`,
  );
}

/**
 * The graph that `graphToSvg` put into a file.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` if there is none, or it is no graph
 */
export function readSvgGraph(svg: string): AttributionGraph {
  const json = EMBEDDED.exec(svg)?.[1];
  if (json === undefined) {
    throw new LoupeError(
      'LOUPE_BAD_GRAPH',
      'This SVG carries no graph of Loupe: another program wrote it or took the data out. ' +
        'Open the JSON file of the graph instead.',
    );
  }
  return readGraphJson(parsed(unescapeXml(json)));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new LoupeError(
      'LOUPE_BAD_GRAPH',
      'The graph in this SVG is damaged. Open the JSON file of the graph instead.',
    );
  }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] as string);
}
