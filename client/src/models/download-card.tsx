import type { Download } from '@loupe/shared';
import { isActive, progressText, shareOf } from '../stores/models/download-progress.ts';
import { useModels } from '../stores/models/store.ts';
import { Icon } from '../ui/icon.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { DownloadFailure } from './download-failure.tsx';
import { DownloadFiles } from './download-files.tsx';

/** One download: how far it is, what it is made of, and the way to stop or begin again. */
export function DownloadCard({ download }: { download: Download }) {
  const cancel = useModels((state) => state.cancel);
  const begin = useModels((state) => state.begin);
  const dismiss = useModels((state) => state.dismiss);
  const { id, title, status, request, error } = download;
  const active = isActive(download);
  const share = shareOf(download);
  const words = progressText(download);
  const again = status === 'failed' || status === 'cancelled';
  return (
    <li className="download" data-status={status} aria-label={title}>
      <h3>{title}</h3>
      <span className="download-actions">
        {active && (
          <button type="button" className="button small" onClick={() => void cancel(id)}>
            Cancel
          </button>
        )}
        {again && (
          <button type="button" className="button small" onClick={() => void begin(request)}>
            <Icon name="retry" size={14} />
            {status === 'failed' ? 'Retry' : 'Resume'}
          </button>
        )}
        {!active && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Take ${title} off the list`}
            onClick={() => dismiss(id)}
          >
            <Icon name="close" />
          </button>
        )}
      </span>
      {(active || again) && (
        <div className="download-progress">
          <ProgressBar label={title} share={active ? share : (share ?? 0)} words={words} />
        </div>
      )}
      <p className="download-words">{words}</p>
      {error && status === 'failed' && (
        <div role="alert" className="download-error">
          <DownloadFailure error={error} />
        </div>
      )}
      {download.files.length > 0 && <DownloadFiles files={download.files} />}
    </li>
  );
}
