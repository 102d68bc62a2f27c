import {
  type AttributionGraph,
  LoupeError,
  readGraphJson,
  readHtmlGraph,
  readSvgGraph,
} from '@loupe/shared';

/** Larger files than a page can hold as text. */
const MAX_BYTES = 400e6;

/** What of a file is needed to read it. */
export type GraphFile = Pick<File, 'name' | 'size' | 'text'>;

/**
 * Reads a graph that was saved: JSON in Neuronpedia's schema, whoever wrote it, or an SVG or
 * HTML file of Loupe's, which carry their data.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH`, `LOUPE_GRAPH_TOO_LARGE`
 */
export async function readGraphFile(file: GraphFile): Promise<AttributionGraph> {
  if (file.size > MAX_BYTES) {
    throw new LoupeError(
      'LOUPE_GRAPH_TOO_LARGE',
      `${file.name} is larger than 400 MB. Prune the graph before it is saved.`,
    );
  }
  const text = await file.text();
  if (/^\s*<(\?xml|svg)/.test(text)) return readSvgGraph(text);
  if (/^\s*<(!doctype html|html)/i.test(text)) return readHtmlGraph(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LoupeError(
      'LOUPE_BAD_GRAPH',
      `${file.name} is no graph that Loupe can read. It reads graphs as JSON, and SVG and ` +
        'HTML files that Loupe has written with their data in them.',
    );
  }
  return readGraphJson(json);
}
