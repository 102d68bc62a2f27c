import type { ModelInfo, ModelList } from '@loupe/shared';
import { Type } from 'typebox';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { answers } from '../http/schemas.ts';
import { sendJson } from '../http/send-json.ts';

const Params = Type.Object({ model: Type.String({ description: 'id of a model' }) });

/** `GET /models`, `GET /models/:model` and the stored run of a model's example. */
export function addModelRoutes(api: Api, { models, hub, settings }: AppContext): void {
  const withAvailable = (model: ModelInfo) => ({ ...model, available: hub.available(model) });
  api.get(
    '/models',
    { schema: { summary: 'Installed models with their sources', response: answers('ModelList') } },
    async (): Promise<ModelList> => ({
      models: models.models().map(withAvailable),
      problems: models.problems,
    }),
  );
  const one = answers('ModelInfo', ['LOUPE_MODEL_NOT_FOUND']);
  api.get(
    '/models/:model',
    { schema: { summary: 'One model with its sources', params: Params, response: one } },
    async ({ params }): Promise<ModelInfo> => withAvailable(models.model(params.model)),
  );
  const stored = answers('ExampleRun', ['LOUPE_MODEL_NOT_FOUND', 'LOUPE_NOT_FOUND']);
  api.get(
    '/models/:model/example-run',
    {
      schema: {
        summary: 'A stored run of one example, there before the engine is',
        params: Params,
        response: stored,
      },
    },
    async ({ params }, reply) => sendJson(reply, models.exampleRun(params.model), settings.stallMs),
  );
}
