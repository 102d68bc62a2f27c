import { type FeatureInfo, promptTokenLabel, tokenLabel } from '@loupe/shared';
import { type ReactNode, useEffect, useMemo } from 'react';
import { openOverlay } from '../app/overlays.ts';
import { PAGES } from '../app/pages.tsx';
import { toggleMaximised } from '../app/panels.ts';
import { openPage } from '../app/router.ts';
import { matches } from '../app/search.ts';
import { useServer } from '../app/server.ts';
import { KindMark } from '../charts/kind-mark.tsx';
import { circuitActions } from '../circuit/circuit-actions.ts';
import { explainNext } from '../circuit/explain-next.ts';
import { useDownloadEntries } from '../models/download-entries.ts';
import { useTheme } from '../theme/theme.ts';
import { activeFeatures, type FoundFeature, findFeatures } from './find-features.ts';
import { focusPrompt } from './prompt-box.tsx';
import type { Run } from './run.ts';
import { copyLink, copyRun } from './share-menu.tsx';
import type { Shade } from './state.ts';
import { usePrompt } from './store.ts';
import { useExamples } from './use-examples.ts';

/** Something to choose in the command palette. */
export interface PaletteEntry {
  id: string;
  label: ReactNode;
  note?: string;
  run: () => void;
}

export interface PaletteGroup {
  title: string;
  entries: PaletteEntry[];
}

/** Entries of a group on screen at once. */
const LIMIT = 12;
/** Promoted tokens in the note of a feature. */
const PROMOTED = 4;
/** Features, the strongest, that can be found by what they promote. */
const SEARCHED = 2_000;

/** An entry with the words by which it is found. */
export type Searchable = PaletteEntry & { words: string };

const SHADES: Record<Shade, string> = {
  count: 'number of active features',
  strongest: 'strongest activation',
  error: 'reconstruction error',
};

function pageEntries(): Searchable[] {
  return PAGES.map(({ id, title }) => ({
    id: `page ${id}`,
    label: `Open ${title}`,
    words: `page open ${title}`,
    run: () => openPage(id),
  }));
}

function actionEntries(): Searchable[] {
  const { choose } = useTheme.getState();
  const { setShade, setColouring, clearPins } = usePrompt.getState();
  const action = (label: string, run: () => void, note = ''): Searchable => ({
    id: `action ${label}`,
    label,
    words: label,
    run,
    ...(note && { note }),
  });
  return [
    action('Go to the prompt', () => setTimeout(focusPrompt), '/'),
    action('Copy link', copyLink),
    action('Copy run as JSON', () => copyRun('JSON')),
    action('Copy run as CSV', () => copyRun('CSV')),
    ...(Object.keys(SHADES) as Shade[]).map((shade) =>
      action(`Shade the map by ${SHADES[shade]}`, () => setShade(shade)),
    ),
    action('Colour tokens by surprisal', () => setColouring('surprisal')),
    action('Unpin all features', clearPins),
    action('Explain why the next token comes next', explainNext),
    ...circuitActions().map(({ label, run }) => action(label, run)),
    action('Score alone', () => toggleMaximised('score'), 'Esc brings all back'),
    action('Selected token alone', () => toggleMaximised('selection'), 'Esc brings all back'),
    action('Light theme', () => choose('light')),
    action('Dark theme', () => choose('dark')),
    action('Theme as the system', () => choose('system')),
    action('Show keys', () => openOverlay('keys'), '?'),
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

/** Goes where a feature is strongest and pins it, so that it stays in sight. */
function openFeature({ id, source, position }: FoundFeature): void {
  const { select, pinned, togglePin } = usePrompt.getState();
  select(position, source);
  if (!pinned.includes(id)) togglePin(id);
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
  const where = `${found.activation.toFixed(2)} at ${token ? promptTokenLabel(token) : ''}`;
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

/** What the command palette offers for a query; groups without a match are left out. */
export function usePalette(query: string): PaletteGroup[] {
  const run = usePrompt((state) => state.run);
  const known = usePrompt((state) => state.features);
  const runNow = usePrompt((state) => state.runNow);
  const chooseModel = usePrompt((state) => state.chooseModel);
  const downloads = useDownloadEntries();
  const models = useServer((state) => state.models);
  const examples = useExamples();
  const requestFeatures = usePrompt((state) => state.requestFeatures);
  const active = useMemo(() => (run ? activeFeatures(run) : []), [run]);
  const searching = query.trim() !== '';

  useEffect(() => {
    if (searching) requestFeatures(active.slice(0, SEARCHED).map(({ id }) => id));
  }, [searching, active, requestFeatures]);

  const pick = (title: string, entries: Searchable[]): PaletteGroup => ({
    title,
    entries: entries.filter(({ words }) => matches(query, words)).slice(0, LIMIT),
  });
  const features = run ? findFeatures(query, active, known, LIMIT) : [];
  const groups: PaletteGroup[] = [
    {
      title: 'Features of this run',
      entries: features.map((found) => featureEntry(found, run as Run, known, query)),
    },
    ...(run && searching ? [pick('Tokens', tokenEntries(run))] : []),
    ...(run && searching ? [pick('Sources', sourceEntries(run))] : []),
    pick('Actions', actionEntries()),
    pick(
      'Examples',
      examples.map(({ title, prompt }) => ({
        id: `example ${title}`,
        label: title,
        note: prompt,
        words: `example ${title} ${prompt}`,
        run: () => runNow({ prompt }),
      })),
    ),
    pick(
      'Models',
      (models ?? []).map(({ id, name }) => ({
        id: `model ${id}`,
        label: name,
        note: id,
        words: `model ${id} ${name}`,
        run: () => chooseModel(id),
      })),
    ),
    pick('Downloads', downloads),
    pick('Pages', pageEntries()),
  ];
  return groups.filter(({ entries }) => entries.length > 0);
}
