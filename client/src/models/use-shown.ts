import { useMemo } from 'react';
import { openPage, useRoute } from '../stores/address/route.ts';
import { type ModelEntry, mergeModels } from '../stores/models/entries.ts';
import { MODELS_PATH } from '../stores/models/follow-downloads.ts';
import { useModels } from '../stores/models/store.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useServer } from '../stores/server.ts';
import { type Place, placeOf } from './place.ts';

/** All models, or undefined until both lists, of the installed and of the catalogue, have been read. */
export function useEntries(): ModelEntry[] | undefined {
  const installed = useServer((state) => state.models);
  const catalogue = useModels((state) => state.catalogue);
  const failed = useModels((state) => state.catalogueError !== null);
  return useMemo(() => {
    if (!installed || (!catalogue && !failed)) return undefined;
    return mergeModels(installed, catalogue?.models ?? []);
  }, [installed, catalogue, failed]);
}

/** What the page shows, by its address. */
export function usePlace(): Place | undefined {
  const entries = useEntries();
  const path = useRoute((route) => route.path);
  const inUse = usePrompt((state) => state.model);
  return useMemo(() => entries && placeOf(path, entries, inUse), [entries, path, inUse]);
}

/** Shows something else of the page. */
export function show(...path: string[]): void {
  openPage(MODELS_PATH, ...path);
}
