import { useEffect, useMemo } from 'react';
import type { Run } from '../../stores/prompt/run.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { findFeature } from '../tracks/feature-ref.ts';
import { mapLayout } from '../tracks/map-rows.ts';
import { FeatureList } from './feature-list.tsx';
import { FeaturePanel } from './feature-panel.tsx';
import { listItems } from './list-items.ts';
import { NextTokenPanel } from './next-token-panel.tsx';
import { useOrder } from './order.ts';
import { rankFeatures } from './ranking.ts';
import { SelectionFilters } from './selection-filters.tsx';
import { SelectionHead } from './selection-head.tsx';
import './selection.css';

/** The selected token: its features, ranked, and what the model expects after it; empty until there is a run. */
export function Selection() {
  const run = usePrompt((state) => state.run);
  return run && run.tokens.length > 0 ? <SelectedToken run={run} /> : null;
}

function SelectedToken({ run }: { run: Run }) {
  const selection = usePrompt((state) => state.selection);
  const filters = usePrompt((state) => state.filters);
  const features = usePrompt((state) => state.features);
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const opened = usePrompt((state) => state.opened);
  const order = useOrder((state) => state.order);
  const position = Math.min(selection.position, run.tokens.length - 1);
  // Only a search for text depends on what features promote; other lists need not follow as it loads.
  const searched = filters.text.trim() === '' ? undefined : features;

  const { rows, active } = useMemo(
    () => rankFeatures(run, position, selection.source, filters, searched ?? new Map()),
    [run, position, selection.source, filters, searched],
  );
  const sources = useMemo(
    () => mapLayout(run.sources).rows.map(({ source }) => source),
    [run.sources],
  );
  const items = useMemo(() => listItems(rows, order, sources), [rows, order, sources]);

  // A search looks through every feature of the token, in view or not.
  const searching = searched !== undefined;
  useEffect(() => {
    if (!searching) return;
    const all = rankFeatures(run, position, selection.source, { ...filters, text: '' }, new Map());
    requestFeatures(all.rows.map(({ id }) => id));
  }, [searching, run, position, selection.source, filters, requestFeatures]);

  // One of another model is of no interest to this run.
  const found = opened === null ? undefined : findFeature(run, opened);
  const source = found && run.sources[found.source];

  return (
    <section className="selection" aria-label="Selected token">
      <SelectionHead run={run} position={position} active={active} rows={rows} />
      <SelectionFilters sources={run.sources} source={selection.source} />
      <FeatureList run={run} position={position} rows={rows} items={items} active={active} />
      {opened !== null && found && source ? (
        <FeaturePanel run={run} id={opened} found={found} source={source} />
      ) : (
        <NextTokenPanel run={run} position={position} />
      )}
    </section>
  );
}
