import { useEffect } from 'react';
import { bytesText } from '../charts/numbers.ts';
import type { Searchable } from '../prompt/palette.tsx';
import { defaultChoice, planOf } from './choice.ts';
import { useModels } from './store.ts';
import { show, useEntries } from './use-shown.ts';

/** Entries of the command palette for what can be downloaded; each opens it, with its size in sight. */
export function useDownloadEntries(): Searchable[] {
  const entries = useEntries() ?? [];
  const downloads = useModels((state) => state.downloads);
  const loadCatalogue = useModels((state) => state.loadCatalogue);
  useEffect(() => {
    if (!useModels.getState().catalogue) void loadCatalogue();
  }, [loadCatalogue]);
  return entries.flatMap((entry) => {
    const plan = planOf(entry, defaultChoice(entry), downloads);
    if (!plan) return [];
    return [
      {
        id: `download ${entry.id}`,
        label: `Download ${entry.name}`,
        note: bytesText(plan.bytes),
        words: `download ${entry.id} ${entry.name} model`,
        run: () => show(entry.id),
      },
    ];
  });
}
