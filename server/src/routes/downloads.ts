import type { Download, DownloadList } from '@loupe/shared';
import { Type } from 'typebox';
import type { Api } from '../http/api.ts';
import type { AppContext } from '../http/context.ts';
import { answers, answersWith, schema } from '../http/schemas.ts';
import { EVENT_STREAM_TYPE, sendServerEvents } from '../http/server-events.ts';

const Id = Type.Object({ id: Type.String({ description: 'id of a download' }) });
const ModelSet = Type.Object({
  model: Type.String({ description: 'id of a model' }),
  set: Type.String({ description: 'id of a set' }),
});

const STARTED = {
  description: 'it has begun, or waits for those before it',
  content: { 'application/json': { schema: schema('Download') } },
};
const EVENTS = {
  description:
    'server-sent events: `downloads` with a DownloadList, at once and after each change, at most ' +
    'four times a second',
  content: { [EVENT_STREAM_TYPE]: { schema: { type: 'string' } } },
};
const REMOVED = { description: 'it is no longer there', type: 'null' };

/** Downloads: list, follow, start, cancel; and removing what was installed. */
export function addDownloadRoutes(api: Api, { hub, settings }: AppContext): void {
  const closing = new AbortController();
  api.addHook('preClose', async () => closing.abort());

  api.get(
    '/downloads',
    { schema: { summary: 'Downloads since the start', response: answers('DownloadList') } },
    async (): Promise<DownloadList> => ({ downloads: hub.downloads.list() }),
  );

  const follow = { summary: 'Downloads as they go on', response: answersWith(200, EVENTS, []) };
  api.get('/downloads/events', { schema: follow }, async (_request, reply) => {
    const { stallMs } = settings;
    const lists = (signal: AbortSignal) => downloadLists(hub.downloads.watch(signal));
    return sendServerEvents(reply, lists, { name: 'downloads', signal: closing.signal, stallMs });
  });

  const start = {
    summary: 'Install a model, or sets of it',
    body: schema('DownloadRequest'),
    response: answersWith(202, STARTED, [
      'LOUPE_NOT_IN_CATALOGUE',
      'LOUPE_ALREADY_DOWNLOADING',
      'LOUPE_BODY_TOO_LARGE',
      'LOUPE_RATE_LIMITED',
    ]),
  };
  api.post('/downloads', { schema: start }, async ({ body }, reply): Promise<Download> => {
    reply.code(202);
    return hub.downloads.start(body);
  });

  const cancel = {
    summary: 'Cancel a download; what has arrived is kept',
    params: Id,
    response: answers('Download', ['LOUPE_DOWNLOAD_NOT_FOUND', 'LOUPE_RATE_LIMITED']),
  };
  api.delete(
    '/downloads/:id',
    { schema: cancel },
    ({ params }): Promise<Download> => hub.downloads.cancel(params.id),
  );

  const remove = {
    summary: 'Remove a set of dictionaries from the disk',
    params: ModelSet,
    response: answersWith(204, REMOVED, [
      'LOUPE_MODEL_NOT_FOUND',
      'LOUPE_SOURCE_NOT_INSTALLED',
      'LOUPE_RATE_LIMITED',
    ]),
  };
  api.delete('/models/:model/sets/:set', { schema: remove }, async ({ params }, reply) => {
    await hub.removeSet(params.model, params.set);
    return reply.code(204).send();
  });
}

async function* downloadLists(lists: AsyncIterable<Download[]>): AsyncGenerator<DownloadList> {
  for await (const downloads of lists) yield { downloads };
}
