import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import {
  type AttributionGraph,
  LoupeError,
  readGraphJson,
  readHtmlGraph,
  readSvgGraph,
} from '@loupe/shared';
import { graphOfArrow } from '../render/arrow.ts';
import { graphOfPng } from '../render/png-chunks.ts';
import { readCircuitTracerGraph } from './circuit-tracer.ts';
import type { TokenTexts } from './circuit-tracer-nodes.ts';

/** As large a file as is read as a whole; larger ones no one can look at. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

/**
 * The graph of a file, whatever it is called: JSON in Neuronpedia's schema, a picture, page or table of
 * Loupe's that carries one, or what circuit-tracer saved. Yields between pieces of work.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH`, `LOUPE_GRAPH_TOO_LARGE`, and what `readCircuitTracerGraph` throws
 */
export function* openGraphFile(
  path: string,
  texts: TokenTexts,
): Generator<undefined, AttributionGraph> {
  try {
    if (isTorchFile(path)) return yield* readCircuitTracerGraph(path, texts);
    if (statSync(path).size > MAX_FILE_BYTES) throw new LoupeError('LOUPE_GRAPH_TOO_LARGE');
    return readWhole(readFileSync(path));
  } catch (error) {
    if (error instanceof LoupeError) throw error;
    const { message } = error as Error;
    throw new LoupeError('LOUPE_BAD_GRAPH', `${path} cannot be opened as a graph: ${message}.`);
  }
}

function readWhole(bytes: Buffer): AttributionGraph {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') {
    return readGraphJson(JSON.parse(graphOfPng(bytes)));
  }
  if (bytes.subarray(0, 6).toString('latin1') === 'ARROW1') {
    return readGraphJson(JSON.parse(graphOfArrow(bytes)));
  }
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (/^\s*<(!doctype html|html)/i.test(text)) return readHtmlGraph(text);
  if (/^\s*</.test(text)) return readSvgGraph(text);
  return readGraphJson(JSON.parse(text));
}

/** A zip archive, or the protocol that a pickle begins with. */
function isTorchFile(path: string): boolean {
  const head = Buffer.alloc(2);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, 2, 0);
  } finally {
    closeSync(file);
  }
  return head.toString('latin1') === 'PK' || head[0] === 0x80;
}
