import { useModels } from '../stores/models/store.ts';
import { useSlow } from '../ui/use-slow.ts';
import { DownloadCard } from './download-card.tsx';
import './downloads-panel.css';

/** Everything that was downloaded since the server started, as it goes on. */
export function DownloadsPanel() {
  const downloads = useModels((state) => state.downloads);
  // A connection that is made again at once is no news.
  const away = useSlow(!useModels((state) => state.live), 2_000);
  return (
    <section className="downloads" aria-label="Downloads">
      <header className="downloads-head">
        <h2>Downloads</h2>
        {away && <span className="muted">waiting for the server’s news</span>}
      </header>
      {downloads.length === 0 ? (
        <p className="downloads-empty">
          None since the server started. They go on when this page is closed, and take up again
          where they broke off.
        </p>
      ) : (
        <ul>
          {downloads.map((download) => (
            <DownloadCard key={download.id} download={download} />
          ))}
        </ul>
      )}
    </section>
  );
}
