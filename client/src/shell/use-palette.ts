import { openPage } from '../stores/address/route.ts';
import { openOverlay } from '../stores/overlays.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useExamples } from '../stores/prompt/use-examples.ts';
import { useServer } from '../stores/server.ts';
import { useTheme } from '../theme/theme.ts';
import { GLOSSARY } from '../ui/glossary.ts';
import type { Page } from '../ui/page.ts';
import {
  type Action,
  foundEntries,
  type PaletteGroup,
  type Searchable,
} from '../ui/palette-entries.ts';
import { usePages } from './pages-context.ts';
import { focusPrompt } from './prompt-box.tsx';
import { setActions } from './sets-menu.tsx';
import { copyLink, copyRun, saveRun } from './share-menu.tsx';

/** What can be done whichever page is in sight, with what the pages add to it. */
function allActions(pages: readonly Page[]): Action[] {
  const { choose } = useTheme.getState();
  return [
    { label: 'Go to the prompt', note: '/', run: () => setTimeout(focusPrompt) },
    { label: 'Copy link', run: copyLink },
    ...setActions(),
    { label: 'Copy run as JSON', run: () => copyRun('JSON') },
    { label: 'Copy run as CSV', run: () => copyRun('CSV') },
    { label: 'Save run as JSON', note: 'export', run: () => saveRun('JSON') },
    { label: 'Save run as CSV', note: 'export', run: () => saveRun('CSV') },
    { label: 'Print what is on screen', run: () => setTimeout(() => print()) },
    ...pages.flatMap(({ actions }) => actions?.() ?? []),
    { label: 'Light theme', run: () => choose('light') },
    { label: 'Dark theme', run: () => choose('dark') },
    { label: 'Theme as the system', run: () => choose('system') },
    { label: 'Show keys and words', note: '?', run: () => openOverlay('keys') },
  ];
}

/** What the words of the trade mean; each opens the window that explains them all. */
const WORDS: readonly Searchable[] = Object.values(GLOSSARY).map(({ word, meaning }) => ({
  id: `word ${word}`,
  label: word,
  note: meaning,
  words: `word ${word}`,
  run: () => openOverlay('keys', word),
}));

/** What the command palette offers for a query; groups without a match are left out. */
export function usePalette(query: string): PaletteGroup[] {
  const pages = usePages();
  const runNow = usePrompt((state) => state.runNow);
  const chooseModel = usePrompt((state) => state.chooseModel);
  const models = useServer((state) => state.models) ?? [];
  const examples = useExamples();
  // biome-ignore lint/correctness/useHookAtTopLevel: the pages never change, so neither does the order of hooks.
  const found = pages.flatMap(({ usePalette: usePageGroups }) => usePageGroups?.(query) ?? []);
  const groups: PaletteGroup[] = [
    ...found,
    foundEntries(
      'Actions',
      allActions(pages).map((action) => ({
        ...action,
        id: `action ${action.label}`,
        words: `${action.label} ${action.note ?? ''}`,
      })),
      query,
    ),
    foundEntries(
      'Examples',
      examples.map(({ title, prompt }) => ({
        id: `example ${title}`,
        label: title,
        note: prompt,
        words: `example ${title} ${prompt}`,
        run: () => runNow({ prompt }),
      })),
      query,
    ),
    foundEntries(
      'Models',
      models.map(({ id, name }) => ({
        id: `model ${id}`,
        label: name,
        note: id,
        words: `model ${id} ${name}`,
        run: () => chooseModel(id),
      })),
      query,
    ),
    foundEntries(
      'Pages',
      pages.map(({ id, title }) => ({
        id: `page ${id}`,
        label: `Open ${title}`,
        words: `page open ${title}`,
        run: () => openPage(id),
      })),
      query,
    ),
    // Nobody looks for a word before having begun to write it.
    foundEntries('Words', query.trim() === '' ? [] : WORDS, query),
  ];
  return groups.filter(({ entries }) => entries.length > 0);
}
