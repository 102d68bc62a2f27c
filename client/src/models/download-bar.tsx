import { formatBytes } from '@loupe/shared';
import { type Plan, planOf } from '../stores/models/choice.ts';
import { isActive } from '../stores/models/download-progress.ts';
import type { ModelEntry } from '../stores/models/entries.ts';
import { useModels } from '../stores/models/store.ts';
import { usePanels } from '../stores/panels.ts';
import { Failure } from '../ui/failure.tsx';
import { useChoice } from './use-choice.ts';
import './download-bar.css';

/** What would be downloaded, part by part. */
function Parts({ plan }: { plan: Plan }) {
  return (
    <ul className="plan-parts">
      {plan.parts.map(({ name, note, bytes }) => (
        <li key={name}>
          {name} {note && <span className="muted">{note}</span>} {formatBytes(bytes)}
        </li>
      ))}
    </ul>
  );
}

/** How much room there is beside what would be taken of it. */
function Room({ bytes, free, home }: { bytes: number; free: number | null; home: string }) {
  if (free === null) {
    return <p className="muted">The free space of the disk cannot be told.</p>;
  }
  const fits = bytes <= free;
  return (
    <p className={fits ? 'muted' : 'no-room'} title={`The disk of ${home}`}>
      {fits
        ? `${formatBytes(free)} free on the disk`
        : `Does not fit: ${formatBytes(free)} free on the disk of ${home}. Take fewer layers, free some, or set LOUPE_HOME to another disk.`}
    </p>
  );
}

/** The choice in the table above as a download: what it takes, whether it fits, and the button. */
export function DownloadBar({ model }: { model: ModelEntry }) {
  const { choice } = useChoice(model);
  const downloads = useModels((state) => state.downloads);
  const catalogue = useModels((state) => state.catalogue);
  const refusal = useModels((state) => state.refusals.get(model.id));
  const begin = useModels((state) => state.begin);
  const plan = planOf(model, choice, downloads);
  const coming = downloads.some((each) => each.model === model.id && isActive(each));
  const free = catalogue?.freeBytes ?? null;
  const bytes = plan?.bytes ?? 0;
  const fits = free === null || bytes <= free;

  function start(): void {
    if (!plan) return;
    void begin(plan.request);
    usePanels.setState({ tab: 'installation' });
  }

  return (
    <footer className="download-bar">
      {refusal && (
        <div role="alert">
          <Failure error={refusal} />
        </div>
      )}
      <div className="download-line">
        <div className="download-plan">
          {plan ? (
            <Parts plan={plan} />
          ) : (
            <p className="muted">
              {coming ? 'What was chosen is on its way.' : 'Choose layers above to download them.'}
            </p>
          )}
          {plan && <Room bytes={bytes} free={free} home={catalogue?.home ?? ''} />}
        </div>
        <button
          type="button"
          className="button main"
          disabled={!plan || !fits}
          onClick={start}
          id="download"
        >
          {plan ? `Download ${formatBytes(bytes)}` : 'Download'}
        </button>
      </div>
    </footer>
  );
}
