import { type FeatureInfo, formatActivation, promptTokenLabel, tokenLabel } from '@loupe/shared';
import { useEffect, useMemo } from 'react';
import { KindMark } from '../charts/kind-mark.tsx';
import { explainNext } from '../stores/circuit/explain-next.ts';
import { toggleMaximised } from '../stores/panels.ts';
import type { Run } from '../stores/prompt/run.ts';
import type { Shade } from '../stores/prompt/state.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import {
  type Action,
  foundEntries,
  MAX_ENTRIES,
  type PaletteEntry,
  type PaletteGroup,
  type Searchable,
} from '../ui/palette-entries.ts';
import { activeFeatures, type FoundFeature, findFeatures } from './find-features.ts';
import { SELECTION_PANEL } from './selection/focus-list.ts';

/** Promoted tokens in the note of a feature. */
const PROMOTED = 4;
/** Features, the strongest, that can be found by what they promote. */
const SEARCHED = 2_000;

const SHADES: Record<Shade, string> = {
  count: 'number of active features',
  strongest: 'strongest activation',
  error: 'reconstruction error',
};

/** What can be done with the run on screen, for the command palette. */
export function promptActions(): Action[] {
  const { setShade, setColouring, clearPins } = usePrompt.getState();
  const alone = 'Esc brings all back';
  return [
    ...(Object.keys(SHADES) as Shade[]).map((shade) => ({
      label: `Shade the map by ${SHADES[shade]}`,
      run: () => setShade(shade),
    })),
    { label: 'Colour tokens by surprisal', run: () => setColouring('surprisal') },
    { label: 'Unpin all features', run: clearPins },
    { label: 'Explain why the next token comes next', run: explainNext },
    { label: 'Tracks alone', note: alone, run: () => toggleMaximised('tracks') },
    { label: 'Selected token alone', note: alone, run: () => toggleMaximised(SELECTION_PANEL) },
  ];
}

function tokenEntries(run: Run): Searchable[] {
  return run.tokens.map((token) => ({
    id: `token ${token.position}`,
    label: <span className="mono">{promptTokenLabel(token)}</span>,
    note: `position ${token.position}`,
    words: `token ${token.text} ${promptTokenLabel(token)} position ${token.position}`,
    run: () => usePrompt.getState().select(token.position),
  }));
}

function sourceEntries(run: Run): Searchable[] {
  return run.sources.map(({ id, kind, layer, hook }, index) => ({
    id: `source ${id}`,
    label: (
      <>
        <KindMark kind={kind} /> <span className="mono">{id}</span>
      </>
    ),
    note: hook,
    words: `source ${id} layer ${layer} l${layer} ${kind} ${hook}`,
    run: () => {
      const { select, selection } = usePrompt.getState();
      select(selection.position, index);
    },
  }));
}

/** Goes where a feature is strongest, shows what is known of it, and pins it, so that it stays in sight. */
function openFeature({ id, source, position }: FoundFeature): void {
  const { select, pinned, togglePin } = usePrompt.getState();
  select(position, source);
  if (!pinned.includes(id)) togglePin(id);
  usePrompt.setState({ opened: id });
}

function featureEntry(
  found: FoundFeature,
  run: Run,
  known: ReadonlyMap<string, FeatureInfo>,
  query: string,
): PaletteEntry {
  const token = run.tokens[found.position];
  const promotes = (known.get(found.id)?.promotes ?? []).map(({ text }) => text);
  // The token that was looked for comes first, since it is why the feature is listed.
  const wanted = query.trim().toLowerCase();
  const hits = promotes.filter((text) => text.toLowerCase().includes(wanted));
  const ordered = [...new Set([...hits, ...promotes])].slice(0, PROMOTED);
  const tokens = ordered.map(tokenLabel).join(' ');
  const where = `${formatActivation(found.activation)} at ${token ? promptTokenLabel(token) : ''}`;
  return {
    id: `feature ${found.id}`,
    label: (
      <>
        <KindMark kind={run.sources[found.source]?.kind ?? 'mlp'} />{' '}
        <span className="mono">{found.id}</span>
      </>
    ),
    note: tokens ? `${where} · promotes ${tokens}` : where,
    run: () => openFeature(found),
  };
}

/** What the command palette finds in the run on screen: features by id or promoted token, tokens, sources. */
export function usePromptPalette(query: string): PaletteGroup[] {
  const run = usePrompt((state) => state.run);
  const known = usePrompt((state) => state.features);
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const active = useMemo(() => (run ? activeFeatures(run) : []), [run]);
  const searching = query.trim() !== '';

  useEffect(() => {
    if (searching) requestFeatures(active.slice(0, SEARCHED).map(({ id }) => id));
  }, [searching, active, requestFeatures]);

  if (!run || !searching) return [];
  const features = findFeatures(query, active, known, MAX_ENTRIES);
  return [
    {
      title: 'Features of this run',
      entries: features.map((found) => featureEntry(found, run, known, query)),
    },
    foundEntries('Tokens', tokenEntries(run), query),
    foundEntries('Sources', sourceEntries(run), query),
  ];
}
