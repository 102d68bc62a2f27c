import { isActive, progressText, shareOf } from '../stores/models/download-progress.ts';
import { MODELS_PATH } from '../stores/models/follow-downloads.ts';
import { useModels } from '../stores/models/store.ts';
import { PageLink } from '../ui/page-link.tsx';
import './download-badge.css';

const RADIUS = 6;
const AROUND = 2 * Math.PI * RADIUS;

/** In the bar of every page while something is downloaded: how far it is, and the way there. */
export function DownloadBadge() {
  const download = useModels((state) => state.downloads.find(isActive));
  if (!download) return null;
  const share = shareOf(download);
  const percent = share === null ? '…' : `${Math.floor(share * 100)} %`;
  const words = `${download.title}: ${progressText(download)}`;
  return (
    <PageLink
      className="download-badge"
      page={MODELS_PATH}
      path={[download.model]}
      title={words}
      aria-label={`Download: ${percent}`}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r={RADIUS} className="download-ring" />
        <circle
          cx="8"
          cy="8"
          r={RADIUS}
          className="download-arc"
          strokeDasharray={`${(share ?? 0.25) * AROUND} ${AROUND}`}
          transform="rotate(-90 8 8)"
        />
      </svg>
      <span>{percent}</span>
    </PageLink>
  );
}
