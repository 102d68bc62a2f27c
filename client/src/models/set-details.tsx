import { formatBytes } from '@loupe/shared';
import { useState } from 'react';
import { KindMark } from '../charts/kind-mark.tsx';
import { installedBytes, type ModelEntry, type SetEntry } from '../stores/models/entries.ts';
import { readings } from '../stores/prompt/variants.ts';
import { Icon } from '../ui/icon.tsx';
import { OutsideLink } from '../ui/outside-link.tsx';
import { OriginFacts } from './origin-facts.tsx';
import { RemoveSet } from './remove-set.tsx';
import { activationWords, dictionaryKind, hooks, inputWords, precisionWords } from './set-words.ts';
import { SourceTable } from './source-table.tsx';
import './set-details.css';

const HEADING = 'set-details';

/** Moves the focus to the details of the set, once they are there. */
export function focusDetails(): void {
  requestAnimationFrame(() => document.getElementById(HEADING)?.focus());
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  return (
    <ul className="set-warnings">
      {warnings.map((warning) => (
        <li key={warning}>
          <Icon name="warning" size={14} />
          <span>{warning}</span>
        </li>
      ))}
    </ul>
  );
}

/** One set in full: what it reads and how, whence it comes, and its dictionaries layer by layer. */
export function SetDetails({ model, set }: { model: ModelEntry; set: SetEntry }) {
  const [removing, setRemoving] = useState(false);
  const { installed, offered } = set;
  const { reads, writes } = hooks(set);
  const ways = readings(model.installed).get(set.id)?.slice(1) ?? [];
  const activation = activationWords(set);
  const onDisk = installedBytes(set);
  const precision = precisionWords(set);
  const origin = installed?.origin ?? offered;
  const neuronpedia = installed?.neuronpedia ?? offered?.neuronpedia;
  return (
    <section className="set-details" aria-labelledby={HEADING}>
      <header className="set-details-head">
        <KindMark kind={set.kind} />
        <h2 id={HEADING} tabIndex={-1}>
          {set.name}
        </h2>
        <span className="mono muted">{set.id}</span>
        {installed?.removable && (
          <button type="button" className="button small" onClick={() => setRemoving(true)}>
            Remove…
          </button>
        )}
      </header>
      {offered && <p>{offered.description}</p>}
      {installed && installed.warnings.length > 0 && <Warnings warnings={installed.warnings} />}
      <dl className="set-facts">
        <Fact name="reads">
          <code>{reads}</code>
        </Fact>
        <Fact name="writes">
          {reads === writes ? 'the same, reconstructed' : <code>{writes}</code>}
        </Fact>
        <Fact name="input">{inputWords(set)}</Fact>
        {ways.length > 0 && (
          <Fact name="or else">
            {ways.map(({ id, label }) => (
              <div key={id}>
                {label} <span className="mono muted">{id}</span>
              </div>
            ))}
          </Fact>
        )}
        <Fact name="kind">
          {dictionaryKind(set)}
          {activation && `, ${activation}`}
        </Fact>
        {origin && <OriginFacts origin={origin} />}
        {neuronpedia && (
          <Fact name="Neuronpedia">
            <OutsideLink href={`https://www.neuronpedia.org/${model.id}/${neuronpedia}`}>
              {neuronpedia}
            </OutsideLink>
          </Fact>
        )}
        {installed?.imported && <Fact name="imported">your own work, by loupe import</Fact>}
        {precision && <Fact name="precision">{precision}</Fact>}
        {onDisk !== undefined && <Fact name="on disk">{formatBytes(onDisk)}</Fact>}
      </dl>
      <SourceTable set={set} />
      {removing && <RemoveSet model={model} set={set} onClose={() => setRemoving(false)} />}
    </section>
  );
}
