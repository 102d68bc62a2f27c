import type { ModelEntry, SetEntry } from '../stores/models/entries.ts';
import { useSlow } from '../ui/use-slow.ts';
import { DownloadBar } from './download-bar.tsx';
import { ImportSheet } from './import-sheet.tsx';
import { ModelFigures } from './model-facts.tsx';
import { OriginFacts } from './origin-facts.tsx';
import { ProblemsSheet } from './problems-sheet.tsx';
import { SetTable } from './set-table.tsx';
import { UseModel } from './use-model.tsx';
import { show, usePlace } from './use-shown.ts';
import './model-sheet.css';

function Sheet({ model, set }: { model: ModelEntry; set: SetEntry | undefined }) {
  const { id, name, description, installed, offered } = model;
  const origin = installed?.origin ?? offered;
  return (
    <section className="sheet" aria-label={name}>
      <div className="sheet-scroll">
        <header className="sheet-head">
          <h2>{name}</h2>
          <span className="mono muted">{id}</span>
          {installed ? <UseModel id={id} /> : <span className="muted">not installed</span>}
        </header>
        <p className="sheet-text">{description}</p>
        <ModelFigures entry={model} />
        {origin && (
          <dl className="fact-line">
            <OriginFacts origin={origin} />
          </dl>
        )}
        <SetTable key={id} model={model} set={set} />
      </div>
      {offered && <DownloadBar model={model} />}
    </section>
  );
}

/** What is chosen in the list of models: one with its sets, how to import, or what cannot be used. */
export function ModelSheet() {
  const place = usePlace();
  const waiting = useSlow(place === undefined, 100);
  switch (place?.what) {
    case 'model':
      return <Sheet model={place.model} set={place.set} />;
    case 'import':
      return <ImportSheet />;
    case 'problems':
      return <ProblemsSheet />;
    case 'missing':
      return (
        <div className="empty-state">
          <p>
            There is no model <span className="mono">{place.id}</span>, neither installed nor in the
            catalogue.
          </p>
          <button type="button" className="button" onClick={() => show()}>
            Show the models
          </button>
        </div>
      );
    default:
      return waiting ? (
        <div className="empty-state" aria-busy="true">
          <p>Reading what is installed and what can be.</p>
        </div>
      ) : null;
  }
}
