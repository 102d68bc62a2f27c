import { ARROW_TYPE, LoupeError } from '@loupe/shared';
import { hooksStream } from '../answers/hooks-stream.ts';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { beginJob, logMidway } from '../http/run-job.ts';
import { schema, streamOfWork } from '../http/schemas.ts';
import { sendPulled } from '../http/send-pulled.ts';

const ARROW_ANSWER = {
  schema: {
    type: 'string',
    format: 'binary',
    description:
      'Arrow IPC stream with the column value (float32), one record batch a hook, in the order of the ' +
      'request; the last axis varies fastest. Schema metadata: loupe.model, loupe.tokens, and ' +
      'loupe.hooks, a JSON list of { name, hook, shape, axes } for each. Batch metadata: loupe.hook, ' +
      'loupe.shape, loupe.progress; the last batch is empty and has loupe.rows and loupe.complete, or ' +
      'loupe.error. A stream without it was cut.',
  },
};

/** `POST /hooks`: the values at any hooks of a prompt's forward pass, as an Arrow stream. */
export function addHooksRoute(api: Api, { engine, settings }: AppContext): void {
  const options = {
    schema: {
      summary: 'Values at any hooks of the forward pass, named as in TransformerLens',
      body: schema('HooksRequest'),
      response: streamOfWork({ [ARROW_TYPE]: ARROW_ANSWER }, [
        'LOUPE_PROMPT_TOO_LONG',
        'LOUPE_TOKEN_OUT_OF_RANGE',
        'LOUPE_HOOK_NOT_FOUND',
        'LOUPE_ANSWER_TOO_LARGE',
      ]),
    },
  };
  api.post('/hooks', options, async (request, reply) => {
    const { first, rest } = await beginJob(engine, 'hooks', request.body, reply);
    if (first.type !== 'start') {
      throw new LoupeError('LOUPE_INTERNAL', `A job began with ${first.type}.`);
    }
    const stream = hooksStream(first, rest, logMidway(request, reply, 'a stream of hooks'));
    return sendPulled(reply.type(ARROW_TYPE), stream, settings.stallMs);
  });
}
