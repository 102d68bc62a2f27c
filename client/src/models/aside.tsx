import { DownloadsPanel } from './downloads-panel.tsx';
import { SetDetails } from './set-details.tsx';
import { usePlace } from './use-shown.ts';

/** The chosen set in full, and below it the downloads. */
export function Aside() {
  const place = usePlace();
  return (
    <div className="models-aside">
      {place?.what === 'model' && place.set && <SetDetails model={place.model} set={place.set} />}
      <DownloadsPanel />
    </div>
  );
}
