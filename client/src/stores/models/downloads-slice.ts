import { type Download, type DownloadRequest, toLoupeError } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { cancelDownload, postDownload, removeSet } from '../../api/resources.ts';
import { say } from '../announcer.ts';
import { usePrompt } from '../prompt/store.ts';
import { isAway, missServer, onServerBack, refreshModels } from '../server.ts';
import { endings, isActive } from './download-progress.ts';
import type { DownloadsSlice, ModelsState } from './state.ts';

function sayEnding({ title, status }: Download): void {
  const how = {
    done: 'is installed',
    failed: 'could not be downloaded',
    cancelled: 'was cancelled',
  };
  say(`${title} ${how[status as keyof typeof how]}`);
}

export const createDownloadsSlice: StateCreator<ModelsState, [], [], DownloadsSlice> = (
  set,
  get,
) => {
  /** What is installed of some models has changed, and so has what can be. */
  async function refresh(changed: readonly string[]): Promise<void> {
    await Promise.all([refreshModels(), get().loadCatalogue()]);
    // The run on screen is of the sources that there were.
    const { run, model, runNow } = usePrompt.getState();
    if (run?.model === model && changed.includes(model)) runNow();
  }

  function refuse(model: string, thrown: unknown): void {
    const error = toLoupeError(thrown).toBody();
    set({ refusals: new Map(get().refusals).set(model, error) });
    if (error && isAway(error)) missServer(error);
  }

  /** Ids of downloads that the reader needs to see no more; the server goes on telling of them. */
  const dismissed = new Set<string>();
  /** The last request for each model, which is made again where it met no server. */
  const requests = new Map<string, DownloadRequest>();
  onServerBack(() => {
    for (const [model, error] of get().refusals) {
      const request = requests.get(model);
      if (request && isAway(error)) void get().begin(request);
    }
  });

  return {
    downloads: [],
    live: true,
    refusals: new Map(),

    receive(list) {
      const downloads = list.filter((one) => isActive(one) || !dismissed.has(one.id));
      const ended = endings(get().downloads, downloads);
      set({ downloads });
      for (const download of ended) sayEnding(download);
      // A download that failed midway has brought some sources into the store all the same.
      if (ended.length > 0) void refresh(ended.map(({ model }) => model));
    },

    async begin(request) {
      const { model } = request;
      requests.set(model, request);
      try {
        const download = await postDownload(request);
        dismissed.delete(download.id);
        const refusals = new Map(get().refusals);
        refusals.delete(model);
        const others = get().downloads.filter(({ id }) => id !== download.id);
        set({ refusals, downloads: [download, ...others] });
        say(`Downloading ${download.title}`);
      } catch (thrown) {
        refuse(model, thrown);
      }
    },

    dismiss(id) {
      dismissed.add(id);
      set({ downloads: get().downloads.filter((one) => one.id !== id) });
    },

    async cancel(id) {
      try {
        await cancelDownload(id);
      } catch (thrown) {
        // It has ended in the meantime, of which the server's news tell.
        const error = toLoupeError(thrown);
        if (error.code !== 'LOUPE_DOWNLOAD_NOT_FOUND') say(error.message);
      }
    },

    async remove(model, setId) {
      await removeSet(model, setId);
      say(`${setId} was removed`);
      await refresh([model]);
    },
  };
};
