import { ARROW_TYPE, LoupeError } from '@loupe/shared';
import { activationsStream } from '../answers/activations-stream.ts';
import { collectActivations } from '../answers/collect-activations.ts';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { prefersJson } from '../http/prefers-json.ts';
import { beginJob, logMidway } from '../http/run-job.ts';
import { answersOfWork, schema } from '../http/schemas.ts';
import { sendJson } from '../http/send-json.ts';
import { sendPulled } from '../http/send-pulled.ts';

const ARROW_ANSWER = {
  schema: {
    type: 'string',
    format: 'binary',
    description:
      'Arrow IPC stream with the columns source, position, feature (int32) and activation ' +
      '(float32). Schema metadata: loupe.model, loupe.tokens, loupe.sources. Batch metadata: ' +
      'loupe.reconstruction, loupe.progress; the last batch is empty and has loupe.outcome, ' +
      'loupe.rows and loupe.complete, or loupe.error. A stream without it was cut.',
  },
};

/** `POST /activations`: the active features of a prompt, as an Arrow stream or as JSON. */
export function addActivationRoutes(api: Api, { engine, settings }: AppContext): void {
  const options = {
    schema: {
      summary: 'Active features of every source at every token of a prompt',
      body: schema('ActivationsRequest'),
      response: answersOfWork(
        'ActivationsResponse',
        ['LOUPE_PROMPT_TOO_LONG', 'LOUPE_TOKEN_OUT_OF_RANGE'],
        { [ARROW_TYPE]: ARROW_ANSWER },
      ),
    },
  };
  api.post('/activations', options, async (request, reply) => {
    const { stallMs } = settings;
    const asJson = prefersJson(request.headers.accept, ARROW_TYPE);
    reply.header('vary', 'accept');
    const { first, rest } = await beginJob(engine, 'activations', request.body, reply);
    if (first.type !== 'start') {
      throw new LoupeError('LOUPE_INTERNAL', `A job began with ${first.type}.`);
    }
    if (asJson) return sendJson(reply, await collectActivations(first, rest), stallMs);
    const onFailure = logMidway(request, reply, 'an activation stream');
    const stream = activationsStream(first, rest, onFailure);
    return sendPulled(reply.type(ARROW_TYPE), stream, stallMs);
  });
}
