import { NDJSON_TYPE } from '@loupe/shared';
import { circuitLines } from '../answers/circuit-lines.ts';
import { collectCircuit } from '../answers/collect-circuit.ts';
import { graphPieces } from '../answers/graph-pieces.ts';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { prefersOverJson } from '../http/prefers-json.ts';
import { beginJob, runJob } from '../http/run-job.ts';
import { answersOfWork, schema } from '../http/schemas.ts';
import { sendJson } from '../http/send-json.ts';
import { sendLines } from '../http/send-lines.ts';
import { sendPulled } from '../http/send-pulled.ts';

const LINES = {
  schema: {
    type: 'string',
    description:
      'Lines of JSON: {"type":"progress","phase":…,"done":…,"total":…} as the work goes on, and last ' +
      '{"type":"graph","graph":…} with the graph, or {"type":"error","error":…}. A stream without ' +
      'one of these two was cut.',
  },
};

/**
 * `POST /circuits`: the attribution graph of a prompt, as JSON or with its progress as lines of JSON;
 * `POST /circuits/attention`: why a head looks where it does; `POST /circuits/paths`: the strongest paths
 * through transcoders.
 */
export function addCircuitRoutes(api: Api, { engine, settings }: AppContext): void {
  const options = {
    schema: {
      summary: 'Attribution graph: why the model says this token',
      body: schema('CircuitRequest'),
      response: answersOfWork(
        'CircuitGraph',
        [
          'LOUPE_PROMPT_TOO_LONG',
          'LOUPE_TOKEN_OUT_OF_RANGE',
          'LOUPE_UNSUPPORTED_DICTIONARY',
          'LOUPE_GRAPH_TOO_LARGE',
        ],
        { [NDJSON_TYPE]: LINES },
      ),
    },
  };
  api.post('/circuits', options, async (request, reply) => {
    const { stallMs } = settings;
    const asLines = prefersOverJson(request.headers.accept, NDJSON_TYPE);
    reply.header('vary', 'accept');
    const { events } = await beginJob(engine, 'circuits', request.body, reply);
    if (asLines) return sendLines(request, reply, circuitLines(events), 'a circuit', stallMs);
    const pieces = graphPieces(await collectCircuit(events));
    return sendPulled(reply.type('application/json; charset=utf-8'), pieces, stallMs);
  });
  const attention = {
    schema: {
      summary: 'Why a head looks from one position at another: its score by pairs of features',
      body: schema('AttentionScoreRequest'),
      response: answersOfWork('AttentionScoreResponse', [
        'LOUPE_PROMPT_TOO_LONG',
        'LOUPE_TOKEN_OUT_OF_RANGE',
        'LOUPE_UNSUPPORTED_DICTIONARY',
      ]),
    },
  };
  api.post('/circuits/attention', attention, async (request, reply) =>
    sendJson(reply, await runJob(engine, 'attentionScore', request.body, reply), settings.stallMs),
  );
  const paths = {
    schema: {
      summary: 'Strongest paths through transcoders into a feature or a logit, by a greedy search',
      body: schema('PathsRequest'),
      response: answersOfWork('PathsResponse', [
        'LOUPE_PROMPT_TOO_LONG',
        'LOUPE_TOKEN_OUT_OF_RANGE',
        'LOUPE_FEATURE_NOT_FOUND',
        'LOUPE_FEATURE_NOT_ACTIVE',
        'LOUPE_UNSUPPORTED_DICTIONARY',
      ]),
    },
  };
  api.post('/circuits/paths', paths, async ({ body }, reply) =>
    sendJson(reply, await runJob(engine, 'paths', body, reply), settings.stallMs),
  );
}
