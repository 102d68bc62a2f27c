import { type ErrorCode, NDJSON_TYPE } from '@loupe/shared';
import { Type } from 'typebox';
import { ablationsLines, collectAblations } from '../answers/ablations.ts';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { prefersOverJson } from '../http/prefers-json.ts';
import { beginJob, runJob } from '../http/run-job.ts';
import { answersOfWork, schema } from '../http/schemas.ts';
import { sendJson } from '../http/send-json.ts';
import { sendLines } from '../http/send-lines.ts';

const CODES: ErrorCode[] = [
  'LOUPE_PROMPT_TOO_LONG',
  'LOUPE_TOKEN_OUT_OF_RANGE',
  'LOUPE_FEATURE_NOT_FOUND',
  'LOUPE_UNSUPPORTED_DICTIONARY',
];

const LINES = {
  schema: {
    type: 'string',
    description:
      'Lines of JSON: {"type":"progress","done":…,"total":…} as the work goes on, and last ' +
      '{"type":"ablations","ablations":…} with the answer, or {"type":"error","error":…}. A stream ' +
      'without one of these two was cut.',
  },
};

const FeatureQuery = Type.String({ maxLength: 200, description: 'id of a feature' });
const WeightQuery = Type.Object({ from: FeatureQuery, to: FeatureQuery });
const WeightParams = Type.Object({ model: Type.String({ description: 'id of a model' }) });

/**
 * `POST /interventions`: what changes of features, heads and errors do, and `POST /ablations`: what each
 * of many single ablations does to the target; and `GET /circuits/:model/weight`, the weight between two
 * features that holds for every prompt.
 */
export function addInterventionRoutes(api: Api, { engine, settings }: AppContext): void {
  const { stallMs } = settings;
  const interventions = {
    schema: {
      summary: 'Logits and activations before and after changes of features, heads and errors',
      body: schema('InterventionRequest'),
      response: answersOfWork('InterventionResponse', CODES),
    },
  };
  api.post('/interventions', interventions, async ({ body }, reply) =>
    sendJson(reply, await runJob(engine, 'interventions', body, reply), stallMs),
  );
  const ablations = {
    schema: {
      summary: 'Effects on the target of many features, each ablated by itself',
      body: schema('AblationsRequest'),
      response: answersOfWork('AblationsResponse', CODES, { [NDJSON_TYPE]: LINES }),
    },
  };
  api.post('/ablations', ablations, async (request, reply) => {
    const asLines = prefersOverJson(request.headers.accept, NDJSON_TYPE);
    reply.header('vary', 'accept');
    const { events } = await beginJob(engine, 'ablations', request.body, reply);
    if (!asLines) return sendJson(reply, await collectAblations(events), stallMs);
    return sendLines(request, reply, ablationsLines(events), 'ablations', stallMs);
  });
  const weight = {
    schema: {
      summary: 'Weight between two features that holds for every prompt',
      params: WeightParams,
      querystring: WeightQuery,
      response: answersOfWork('FeatureWeight', [
        'LOUPE_FEATURE_NOT_FOUND',
        'LOUPE_UNSUPPORTED_DICTIONARY',
      ]),
    },
  };
  api.get('/circuits/:model/weight', weight, async ({ params, query }, reply) =>
    sendJson(reply, await runJob(engine, 'featureWeight', { ...params, ...query }, reply), stallMs),
  );
}
