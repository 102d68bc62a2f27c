import {
  type AttributionGraph,
  LoupeError,
  readGraphJson,
  readHtmlGraph,
  readSvgGraph,
} from '@loupe/shared';
import { postGraphFile } from '../../api/resources.ts';

/** Larger files than a page can hold as text. */
const MAX_BYTES = 400e6;

/** What of a file is needed to read it as text. */
export type GraphFile = Pick<File, 'name' | 'size' | 'text'>;

/** Endings of files that the server reads: circuit-tracer's, pictures, tables. */
const SENT = /\.(pt|png|arrow|feather)$/i;

/** For a reader's choice of files. */
export const GRAPH_FILES =
  '.json,.svg,.html,.png,.arrow,.pt,application/json,image/svg+xml,text/html,image/png';

/**
 * Reads a graph that was saved: JSON in Neuronpedia's schema, whoever wrote it, a file of Loupe's that
 * carries its data, or what circuit-tracer saved, which is sent to the server.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH`, `LOUPE_GRAPH_TOO_LARGE`, and what the server throws
 */
export async function readGraphFile(file: GraphFile): Promise<AttributionGraph> {
  if (file instanceof File && SENT.test(file.name)) {
    return readGraphJson(await postGraphFile(file));
  }
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
      `${file.name} is no graph that Loupe can read. It reads graphs as JSON, files of Loupe (SVG, ` +
        'PNG, HTML, Arrow) that were written with their data in them, and .pt files of circuit-tracer.',
    );
  }
  return readGraphJson(json);
}
