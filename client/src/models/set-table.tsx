import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import { busyLayers, missingLayers, withLayers, withToggled } from '../stores/models/choice.ts';
import { layerCount, type ModelEntry, type SetEntry } from '../stores/models/entries.ts';
import { useModels } from '../stores/models/store.ts';
import { usePanels } from '../stores/panels.ts';
import { focusModels, SET_TABLE } from './focus-sets.ts';
import { focusDetails } from './set-details.tsx';
import { SetRow } from './set-row.tsx';
import { useChoice } from './use-choice.ts';
import { show } from './use-shown.ts';
import './set-table.css';

interface SetTableProps {
  model: ModelEntry;
  /** The set whose details are shown. */
  set: SetEntry | undefined;
}

/** The column of a set's name; layers count from 0. */
export const NAME = -1;

/** What the marks of the layers mean. */
function Legend({ offered }: { offered: boolean }) {
  return (
    <p className="set-legend" aria-hidden="true">
      <span>
        <span className="layer-cell" data-state="installed" /> installed
      </span>
      {offered && (
        <>
          <span>
            <span className="layer-cell" data-state="offered" /> available
          </span>
          <span>
            <span className="layer-cell" data-state="chosen" /> to download
          </span>
        </>
      )}
    </p>
  );
}

/**
 * The sets of a model by layer: what is installed, what could be, and what is chosen to be. Arrows walk
 * it, the space bar chooses a layer, A a whole set.
 */
export function SetTable({ model, set }: SetTableProps) {
  const { choice, choose } = useChoice(model);
  const downloads = useModels((state) => state.downloads);
  const [column, setColumn] = useState(NAME);
  const table = useRef<HTMLDivElement>(null);
  const { sets } = model;
  const layers = layerCount(model);
  const busy = busyLayers(model, downloads);
  const row = Math.max(0, set ? sets.indexOf(set) : 0);

  function focusCell(toRow: number, toColumn: number): void {
    const target = sets[Math.max(0, Math.min(toRow, sets.length - 1))];
    if (!target) return;
    const at = Math.max(NAME, Math.min(toColumn, layers - 1));
    setColumn(at);
    if (target !== set) show(model.id, target.id);
    const line = table.current?.querySelectorAll('[data-set-row]')[sets.indexOf(target)];
    line?.querySelector<HTMLElement>(`[data-column="${at}"]`)?.focus();
  }

  function toggle(entry: SetEntry, layer: number): void {
    const { offered, source } = entry.layers.find((each) => each.layer === layer) ?? {};
    if (!offered || source || busy.get(entry.id)?.has(layer)) return;
    choose(withToggled(choice, entry.id, layer));
  }

  /** Takes all layers of a set that are missing, or lets all go where all are taken. */
  function toggleAll(entry: SetEntry): void {
    const missing = missingLayers(entry).filter((layer) => !busy.get(entry.id)?.has(layer));
    const all = missing.every((layer) => choice.get(entry.id)?.has(layer));
    choose(withLayers(choice, entry.id, all ? [] : missing));
  }

  function openDetails(): void {
    usePanels.setState({ tab: 'installation' });
    focusDetails();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !set) return;
    switch (event.key) {
      case 'ArrowUp':
        focusCell(row - 1, column);
        break;
      case 'ArrowDown':
        focusCell(row + 1, column);
        break;
      case 'ArrowLeft':
        focusCell(row, column - 1);
        break;
      case 'ArrowRight':
        focusCell(row, column + 1);
        break;
      case 'Home':
        focusCell(row, NAME);
        break;
      case 'End':
        focusCell(row, layers - 1);
        break;
      case ' ':
        if (column === NAME) toggleAll(set);
        else toggle(set, column);
        break;
      case 'Enter':
        if (column === NAME) openDetails();
        else toggle(set, column);
        break;
      case 'a':
      case 'A':
        toggleAll(set);
        break;
      case 'Escape':
        if (column === NAME) focusModels();
        else focusCell(row, NAME);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  return (
    <section className="sets" aria-label="Sets of dictionaries">
      <header className="sets-head">
        <h3>Sets of dictionaries</h3>
        <Legend offered={model.offered !== undefined} />
      </header>
      {sets.length === 0 ? (
        <p className="sheet-text">
          None is installed, and the catalogue has none. <code>loupe import</code> brings your own.
        </p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: cells that are walked by arrows
        <div
          ref={table}
          role="grid"
          aria-label={`Sets of ${model.name} by layer`}
          aria-multiselectable="true"
          className="set-table"
          style={{ '--layers': layers } as CSSProperties}
          data-many={layers > 24 || undefined}
          {...{ [SET_TABLE]: '' }}
          onKeyDown={onKeyDown}
        >
          {/* biome-ignore lint/a11y: the row of headings takes no focus */}
          <div role="row" className="set-heads">
            {['take', 'set', 'features', 'layers', 'size'].map((name) => (
              // biome-ignore lint/a11y: see above
              <span
                key={name}
                role="columnheader"
                data-head={name}
                aria-colspan={name === 'layers' ? layers : undefined}
              >
                <span className={name === 'take' ? 'hidden-text' : undefined}>{name}</span>
              </span>
            ))}
          </div>
          {sets.map((entry, index) => (
            <SetRow
              key={entry.id}
              set={entry}
              layers={layers}
              shown={entry === set}
              chosen={choice.get(entry.id)}
              busy={busy.get(entry.id)}
              focusColumn={index === row ? column : undefined}
              onFocus={(at) => {
                setColumn(at);
                if (entry !== set) show(model.id, entry.id);
              }}
              onToggle={(layer) => toggle(entry, layer)}
              onToggleAll={() => toggleAll(entry)}
            />
          ))}
        </div>
      )}
    </section>
  );
}
