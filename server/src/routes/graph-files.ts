import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LoupeError } from '@loupe/shared';
import { Type } from 'typebox';
import { collectCircuit } from '../answers/collect-circuit.ts';
import { graphPieces } from '../answers/graph-pieces.ts';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { beginJob } from '../http/run-job.ts';
import { answersOfWork } from '../http/schemas.ts';
import { sendPulled } from '../http/send-pulled.ts';

const BYTES = 'application/octet-stream';
/** A matrix of 16,000 nodes. */
const MAX_BYTES = 1024 * 1024 * 1024;

const FileName = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 300, description: 'of the file, for messages' })),
});

/**
 * `POST /circuits/open`: the graph of a file that the page cannot read itself, such as circuit-tracer's
 * `.pt`, as JSON. The file lies in a folder of its own until it is read.
 */
export function addGraphFileRoute(api: Api, { engine, settings }: AppContext): void {
  api.addContentTypeParser(BYTES, (_request, body, done) => done(null, body));
  const options = {
    bodyLimit: MAX_BYTES,
    schema: {
      summary:
        'The graph of a saved file: circuit-tracer’s .pt, or a picture or table with one in it',
      description: `The file is the body, as ${BYTES}.`,
      querystring: FileName,
      response: answersOfWork('CircuitGraph', ['LOUPE_BAD_GRAPH', 'LOUPE_GRAPH_TOO_LARGE']),
    },
  };
  api.post('/circuits/open', options, async (request, reply) => {
    const { body } = request;
    if (!(body instanceof Readable)) {
      throw new LoupeError('LOUPE_BAD_REQUEST', `Send the file as ${BYTES}.`);
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'loupe-graph-'));
    try {
      const file = path.join(folder, 'graph');
      await pipeline(body, limited(MAX_BYTES), createWriteStream(file));
      const name = request.query.name ?? 'The file';
      const { events } = await beginJob(engine, 'savedGraph', { path: file, name }, reply);
      const pieces = graphPieces(await collectCircuit(events));
      return await sendPulled(
        reply.type('application/json; charset=utf-8'),
        pieces,
        settings.stallMs,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Passes bytes on, so many at most: a parser that takes a stream gets it without a limit. */
function limited(most: number) {
  return async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > most) throw new LoupeError('LOUPE_BODY_TOO_LARGE');
      yield piece;
    }
  };
}
