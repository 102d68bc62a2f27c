import { featureId } from '@loupe/shared';
import { Type } from 'typebox';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { runJob } from '../http/run-job.ts';
import { answersOfWork, schema } from '../http/schemas.ts';
import { sendJson } from '../http/send-json.ts';

const Params = Type.Object({
  model: Type.String({ description: 'id of a model' }),
  source: Type.String({ description: 'id of a source' }),
  index: Type.String({ pattern: '^\\d{1,9}$', description: 'number of the feature, from 0' }),
});

/** `POST /features` and `GET /features/:model/:source/:index`: what the weights say of features. */
export function addFeatureRoutes(api: Api, { engine, settings }: AppContext): void {
  const bulk = {
    schema: {
      summary: 'Tokens that features promote and demote, and their heads',
      body: schema('FeaturesRequest'),
      response: answersOfWork('FeaturesResponse', ['LOUPE_FEATURE_NOT_FOUND']),
    },
  };
  api.post('/features', bulk, async (request, reply) =>
    sendJson(reply, await runJob(engine, 'features', request.body, reply), settings.stallMs),
  );
  const one = {
    schema: {
      summary: 'One feature: tokens it promotes and demotes, and its heads',
      params: Params,
      response: answersOfWork('FeatureInfo', ['LOUPE_FEATURE_NOT_FOUND']),
    },
  };
  api.get('/features/:model/:source/:index', one, async ({ params }, reply) => {
    const { model, source, index } = params;
    const features = [featureId(source, Number(index))];
    const answer = await runJob(engine, 'features', { model, features }, reply);
    return sendJson(reply, answer.features[0], settings.stallMs);
  });
}
