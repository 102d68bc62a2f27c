import type { DiskFullDetail, ErrorBody, OfflineDetail } from '@loupe/shared';
import { CopyButton } from '../app/copy-button.tsx';
import { Failure } from '../app/failure.tsx';
import { bytesText, counted } from '../charts/numbers.ts';

/** What to fetch elsewhere and where to put it, when the hub cannot be reached from here. */
function Offline({ detail }: { detail: OfflineDetail }) {
  const { folder, files } = detail;
  const command = `npm run loupe -- import ${folder}`;
  return (
    <div className="by-hand">
      <p>
        Fetch {counted(files.length, 'file')} on a machine that reaches the hub{' '}
        <CopyButton text={files.map(({ url }) => url).join('\n')} what="Addresses" />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard */}
      <ul tabIndex={0} aria-label="Addresses">
        {files.map(({ url }) => (
          <li key={url}>
            <code>{url}</code>
          </li>
        ))}
      </ul>
      <p className="command-line">
        <span>into</span> <code>{folder}</code> <CopyButton text={folder} what="Folder" />
      </p>
      <p className="command-line">
        <span>then</span> <code>{command}</code> <CopyButton text={command} what="Command" />
      </p>
    </div>
  );
}

function DiskFull({ detail }: { detail: DiskFullDetail }) {
  const { folder, neededBytes, freeBytes } = detail;
  return (
    <p className="muted">
      Needed {bytesText(neededBytes)}, free {bytesText(freeBytes)} on the disk of{' '}
      <code>{folder}</code>
    </p>
  );
}

/** Why a download failed, and what can be done about it. */
export function DownloadFailure({ error }: { error: ErrorBody }) {
  const { code, detail } = error;
  return (
    <Failure error={error}>
      {code === 'LOUPE_OFFLINE' && detail !== undefined && (
        <Offline detail={detail as OfflineDetail} />
      )}
      {code === 'LOUPE_DISK_FULL' && detail !== undefined && (
        <DiskFull detail={detail as DiskFullDetail} />
      )}
    </Failure>
  );
}
