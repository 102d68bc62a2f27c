import { followDownloadEvents } from '../../api/download-events.ts';
import { getDownloads } from '../../api/resources.ts';
import { useRoute } from '../address/route.ts';
import { onServerBack, useServer } from '../server.ts';
import { isActive } from './download-progress.ts';
import { useModels } from './store.ts';

/** Id of the page of models in addresses. */
export const MODELS_PATH = 'models';

/**
 * Follows the server's downloads from now on. A browser keeps few connections to one server, and each
 * tab that follows takes one: so only while something is being downloaded or the Models page is open,
 * and the tab is in sight.
 */
export function watchDownloads(): void {
  let stop: (() => void) | undefined;

  function wanted(): boolean {
    if (document.hidden) return false;
    if (useRoute.getState().page === MODELS_PATH) return true;
    return useModels.getState().downloads.some(isActive);
  }

  function settle(): void {
    if (wanted() === (stop !== undefined)) return;
    if (stop) {
      stop();
      stop = undefined;
      useModels.setState({ live: true });
      return;
    }
    stop = followDownloadEvents({
      onList: ({ downloads }) => useModels.getState().receive(downloads),
      onConnected: (live) => {
        if (live !== useModels.getState().live) useModels.setState({ live });
      },
    });
  }

  async function look(): Promise<void> {
    try {
      const { downloads } = await getDownloads();
      if (!stop) useModels.getState().receive(downloads);
    } catch {
      // The next look tells: when the server is back, or the page is opened.
    }
  }

  document.addEventListener('visibilitychange', settle);
  useRoute.subscribe(settle);
  useModels.subscribe(({ downloads }, before) => {
    if (downloads !== before.downloads) settle();
  });
  // What another tab, or this one before a reload, has begun.
  useServer.subscribe(({ health }, before) => {
    if (health && !before.health) void look();
  });
  onServerBack(() => void look());
  settle();
}
