import { formatBytes } from '@loupe/shared';
import { useEffect } from 'react';
import { defaultChoice, planOf } from '../stores/models/choice.ts';
import { useModels } from '../stores/models/store.ts';
import { foundEntries, type PaletteGroup } from '../ui/palette-entries.ts';
import { IMPORT } from './place.ts';
import { show, useEntries } from './use-shown.ts';

/** What can be downloaded, for the command palette; each opens it, with its size in sight. */
export function useModelsPalette(query: string): PaletteGroup[] {
  const entries = useEntries() ?? [];
  const downloads = useModels((state) => state.downloads);
  const loadCatalogue = useModels((state) => state.loadCatalogue);
  useEffect(() => {
    if (!useModels.getState().catalogue) void loadCatalogue();
  }, [loadCatalogue]);
  const offered = entries.flatMap((entry) => {
    const plan = planOf(entry, defaultChoice(entry), downloads);
    if (!plan) return [];
    return [
      {
        id: `download ${entry.id}`,
        label: `Download ${entry.name}`,
        note: formatBytes(plan.bytes),
        words: `download ${entry.id} ${entry.name} model`,
        run: () => show(entry.id),
      },
    ];
  });
  const bring = {
    id: 'import',
    label: 'Import a model or dictionaries of your own',
    words: 'import upload folder model dictionaries set own',
    run: () => show(IMPORT),
  };
  const asked = query.trim() === '' ? [] : [bring];
  return [foundEntries('Downloads', offered, query), foundEntries('Your own', asked, query)];
}
