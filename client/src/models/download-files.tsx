import { counted, type DownloadFile, formatBytes } from '@loupe/shared';
import { useState } from 'react';

/** A file's bytes so far; of a whole one its size. */
function sizeText({ bytes, totalBytes, status }: DownloadFile): string {
  if (status === 'done' || bytes === totalBytes) return formatBytes(totalBytes);
  if (bytes === 0) return totalBytes > 0 ? formatBytes(totalBytes) : '';
  return `${Math.floor((bytes / Math.max(1, totalBytes)) * 100)} % of ${formatBytes(totalBytes)}`;
}

/** The files of a download, folded until they are asked for. */
export function DownloadFiles({ files }: { files: readonly DownloadFile[] }) {
  const [open, setOpen] = useState(false);
  const done = files.filter(({ status }) => status === 'done').length;
  return (
    <details
      className="download-files"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {done} of {counted(files.length, 'file')}
      </summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard
        <ul tabIndex={0} aria-label="Files">
          {files.map((file) => (
            <li key={file.path} data-status={file.status}>
              <span className="mono" title={file.path}>
                {file.path}
              </span>
              <span>{file.status === 'failed' ? 'failed' : sizeText(file)}</span>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
