import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  type AttributionGraph,
  LoupeError,
  readGraphJson,
  readHtmlGraph,
  readSvgGraph,
} from '@loupe/shared';
import { graphOfPng } from '../render/png-chunks.ts';

/** As large a saved graph as is read; larger ones no one can look at. */
const MOST_FILE_BYTES = 1024 * 1024 * 1024;

/**
 * The graph of a file that was saved or exported. Says on stderr what of it is not used.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH`, `LOUPE_GRAPH_TOO_LARGE`
 */
export function openGraph(file: string): AttributionGraph {
  const graph = readGraphFile(file);
  if (graph.unused) process.stderr.write(`Not used of ${file}: ${graph.unused.join(', ')}.\n`);
  return graph;
}

function readGraphFile(file: string): AttributionGraph {
  try {
    if (statSync(file).size > MOST_FILE_BYTES) throw new LoupeError('LOUPE_GRAPH_TOO_LARGE');
    const bytes = readFileSync(file);
    switch (path.extname(file).toLowerCase()) {
      case '.svg':
        return readSvgGraph(bytes.toString('utf8'));
      case '.html':
      case '.htm':
        return readHtmlGraph(bytes.toString('utf8'));
      case '.png':
        return readGraphJson(JSON.parse(graphOfPng(bytes)));
      default:
        return readGraphJson(JSON.parse(bytes.toString('utf8')));
    }
  } catch (error) {
    if (error instanceof LoupeError) throw error;
    const { message } = error as Error;
    throw new LoupeError('LOUPE_BAD_GRAPH', `${file} cannot be opened as a graph: ${message}.`);
  }
}
