import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { runJob } from '../http/run-job.ts';
import { answersOfWork, schema } from '../http/schemas.ts';
import { sendJson } from '../http/send-json.ts';

/** `POST /logit-lens`: what each layer would predict. */
export function addLogitLensRoute(api: Api, { engine, settings }: AppContext): void {
  const options = {
    schema: {
      summary: 'Predictions read off the residual stream after every layer',
      body: schema('LogitLensRequest'),
      response: answersOfWork('LogitLensResponse', [
        'LOUPE_PROMPT_TOO_LONG',
        'LOUPE_TOKEN_OUT_OF_RANGE',
      ]),
    },
  };
  api.post('/logit-lens', options, async (request, reply) =>
    sendJson(reply, await runJob(engine, 'logitLens', request.body, reply), settings.stallMs),
  );
}
