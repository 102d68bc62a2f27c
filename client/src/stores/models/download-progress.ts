import {
  counted,
  type Download,
  type DownloadStatus,
  formatBytes,
  formatDuration,
} from '@loupe/shared';

/** True until a download has ended in one way or another. */
export function isActive({ status }: Pick<Download, 'status'>): boolean {
  return status !== 'done' && status !== 'failed' && status !== 'cancelled';
}

/**
 * How far a download is, 0 to 1; null while there is no telling. While it converts this is the
 * share of sources that are in the store.
 */
export function shareOf(download: Download): number | null {
  const { status, bytes, totalBytes, converted, toConvert } = download;
  if (status === 'done') return 1;
  if (status === 'converting') return toConvert > 0 ? converted / toConvert : null;
  return totalBytes > 0 ? Math.min(1, bytes / totalBytes) : null;
}

/** A download's bytes with their common unit once where they have one: `1.21 of 3.42 GB`. */
function bytesOf(bytes: number, total: number): string {
  if (total === 0) return formatBytes(bytes);
  const [value, unit] = formatBytes(bytes).split(' ');
  const whole = formatBytes(total);
  return whole.endsWith(` ${unit}`) ? `${value} of ${whole}` : `${formatBytes(bytes)} of ${whole}`;
}

const PHASES: Record<DownloadStatus, string> = {
  waiting: 'Waiting',
  checking: 'Checking what is there already',
  downloading: 'Downloading',
  converting: 'Converting',
  done: 'Installed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** What a download does and how far it is, in words. */
export function progressText(download: Download): string {
  const { status, bytes, totalBytes, bytesPerSecond, secondsLeft, converted, toConvert } = download;
  const phase = PHASES[status];
  switch (status) {
    case 'downloading': {
      const rate = bytesPerSecond === null ? '' : ` · ${formatBytes(bytesPerSecond)}/s`;
      const left =
        secondsLeft === null ? '' : ` · ${formatDuration(Math.max(1, secondsLeft) * 1000)} left`;
      const ready = converted > 0 ? ` · ${converted} of ${counted(toConvert, 'source')} ready` : '';
      return `${bytesOf(bytes, totalBytes)}${rate}${left}${ready}`;
    }
    case 'converting':
      return `${phase} for fast reading · ${converted} of ${counted(toConvert, 'source')}`;
    case 'done':
      return `${phase} · ${formatBytes(totalBytes)}`;
    case 'failed':
      return bytes > 0 ? `${phase} · ${bytesOf(bytes, totalBytes)} are kept` : phase;
    case 'cancelled':
      return bytes > 0 ? `${phase} · ${bytesOf(bytes, totalBytes)} are kept for next time` : phase;
    default:
      return phase;
  }
}

/** What is to be said aloud as downloads go on: that one ended, and nothing in between. */
export function endings(before: readonly Download[], after: readonly Download[]): Download[] {
  const active = new Set(before.filter(isActive).map(({ id }) => id));
  return after.filter((download) => active.has(download.id) && !isActive(download));
}
