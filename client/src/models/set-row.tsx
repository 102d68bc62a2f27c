// biome-ignore-all lint/a11y/useSemanticElements: a table element would not let the layers be a box of their own
// biome-ignore-all lint/a11y/useFocusableInteractive: the cells of layers and the name take the focus

import { formatBytes } from '@loupe/shared';
import { KIND_WORDS, KindMark } from '../charts/kind-mark.tsx';
import { missingLayers } from '../stores/models/choice.ts';
import { installedBytes, type SetEntry } from '../stores/models/entries.ts';
import { Icon } from '../ui/icon.tsx';
import { type LayerState, layerState, layerWords } from './layer-state.ts';
import { dictionaryKind, widths } from './set-words.ts';

interface SetRowProps {
  set: SetEntry;
  /** Number of layers of the model. */
  layers: number;
  /** True for the set whose details are shown. */
  shown: boolean;
  chosen: ReadonlySet<number> | undefined;
  busy: ReadonlySet<number> | undefined;
  /** The column that is in the tab order; undefined in all rows but one. */
  focusColumn: number | undefined;
  onFocus: (column: number) => void;
  onToggle: (layer: number) => void;
  onToggleAll: () => void;
}

/** Bytes of what is chosen, else of what is installed, else of all there is. */
function Size({ set, states }: { set: SetEntry; states: readonly LayerState[] }) {
  const chosen = set.layers.filter(({ layer }) => states[layer] === 'chosen');
  const bytes = chosen.reduce((sum, { offered }) => sum + (offered?.bytes ?? 0), 0);
  if (bytes > 0) return <span data-chosen="">{formatBytes(bytes)}</span>;
  const onDisk = installedBytes(set);
  if (onDisk !== undefined) return <span>{formatBytes(onDisk)}</span>;
  const all = set.layers.reduce((sum, { offered }) => sum + (offered?.bytes ?? 0), 0);
  return <span className="muted">{all > 0 ? formatBytes(all) : ''}</span>;
}

/** Takes or leaves a whole set; half ticked where some of it is taken. Out of the tab order: keys are the table's. */
function TakeAll(props: { label: string; taken: number; onChange: () => void }) {
  const { label, taken, onChange } = props;
  return (
    <input
      ref={(box) => {
        if (box) box.indeterminate = taken > 0 && taken < 1;
      }}
      type="checkbox"
      tabIndex={-1}
      aria-label={label}
      checked={taken === 1}
      onChange={onChange}
    />
  );
}

/** One set: its name, how wide it is, and a cell for each layer. */
export function SetRow(props: SetRowProps) {
  const { set, layers, shown, chosen, busy, focusColumn, onFocus, onToggle, onToggleAll } = props;
  const byLayer = new Map(set.layers.map((entry) => [entry.layer, entry]));
  const states = Array.from({ length: layers }, (_, layer) =>
    layerState(byLayer.get(layer), chosen?.has(layer) ?? false, busy?.has(layer) ?? false),
  );
  const missing = missingLayers(set).filter((layer) => !busy?.has(layer));
  const tab = (column: number) => (focusColumn === column ? 0 : -1);
  return (
    <div role="row" className="set-row" data-set-row="" data-shown={shown || undefined}>
      <span role="gridcell" className="set-all">
        {missing.length > 0 && (
          <TakeAll
            label={`All layers of ${set.id}`}
            taken={missing.filter((layer) => chosen?.has(layer)).length / missing.length}
            onChange={onToggleAll}
          />
        )}
      </span>
      {/* biome-ignore lint/a11y: keys are the table's */}
      <div
        role="rowheader"
        tabIndex={tab(-1)}
        data-column={-1}
        className="set-name"
        aria-current={shown || undefined}
        onFocus={() => onFocus(-1)}
        onClick={() => onFocus(-1)}
      >
        <KindMark kind={set.kind} />
        <span className="set-title">{set.name}</span>
        <span className="set-note">
          {(set.installed?.warnings.length ?? 0) > 0 && (
            <span className="set-warning">
              <Icon name="warning" size={12} /> warnings{' · '}
            </span>
          )}
          {set.installed?.imported && 'your own · '}
          <span className="mono">{set.id}</span> · {KIND_WORDS[set.kind]} {dictionaryKind(set)}
        </span>
      </div>
      <span role="gridcell" className="set-width">
        {widths(set)}
      </span>
      {/* Its cells are the row's; the box is for their layout alone. */}
      <div role="presentation" className="layer-cells">
        {states.map((state, layer) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the table's
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index
            key={layer}
            role="gridcell"
            tabIndex={tab(layer)}
            data-column={layer}
            data-state={state}
            data-kind={set.kind}
            className="layer-cell"
            aria-selected={state === 'chosen' ? true : state === 'offered' ? false : undefined}
            aria-label={layerWords(layer, byLayer.get(layer), state)}
            title={layerWords(layer, byLayer.get(layer), state)}
            onFocus={() => onFocus(layer)}
            onClick={() => onToggle(layer)}
          >
            {state !== 'none' && layer}
          </div>
        ))}
      </div>
      <span role="gridcell" className="set-size">
        <Size set={set} states={states} />
      </span>
    </div>
  );
}
