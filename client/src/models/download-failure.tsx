import {
  type DiskFullDetail,
  type ErrorBody,
  formatBytes,
  type OfflineDetail,
} from '@loupe/shared';
import { CopyButton } from '../ui/copy-button.tsx';
import { Failure } from '../ui/failure.tsx';

/** What to fetch elsewhere and where to put it, when the hub cannot be reached from here. */
function Offline({ detail }: { detail: OfflineDetail }) {
  const { folder, files } = detail;
  const command = `npm run loupe -- import ${folder}`;
  const curl = files.map(({ url, path }) => `curl -fL --create-dirs -o '${path}' '${url}'`);
  return (
    <div className="by-hand">
      <p>
        <CopyButton text={files.map(({ url }) => url).join('\n')} what="Addresses" />{' '}
        <CopyButton text={curl.join('\n')} what="curl commands" label="Copy for curl" />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard */}
      <ul tabIndex={0} aria-label="Addresses">
        {files.map(({ url, path }) => (
          <li key={url}>
            <code>{url}</code> <span className="muted">as</span> <code>{path}</code>
          </li>
        ))}
      </ul>
      <p className="command-line">
        <span>into</span> <code>{folder}</code> <CopyButton text={folder} what="Folder" />
      </p>
      <p className="command-line">
        <span>then retry, or</span> <code>{command}</code>{' '}
        <CopyButton text={command} what="Command" />
      </p>
    </div>
  );
}

function DiskFull({ detail }: { detail: DiskFullDetail }) {
  const { folder, neededBytes, freeBytes } = detail;
  return (
    <p className="muted">
      Needed {formatBytes(neededBytes)}, free {formatBytes(freeBytes)} on the disk of{' '}
      <code>{folder}</code>
    </p>
  );
}

/** Why a download failed, and what can be done about it. */
export function DownloadFailure({ error }: { error: ErrorBody }) {
  const { code, detail } = error;
  // On a terminal the message goes on with the list that stands below here.
  const [message = ''] = error.message.split('\n');
  return (
    <Failure error={{ ...error, message: message.replace(/:$/, '.') }}>
      {code === 'LOUPE_OFFLINE' && detail !== undefined && (
        <Offline detail={detail as OfflineDetail} />
      )}
      {code === 'LOUPE_DISK_FULL' && detail !== undefined && (
        <DiskFull detail={detail as DiskFullDetail} />
      )}
    </Failure>
  );
}
