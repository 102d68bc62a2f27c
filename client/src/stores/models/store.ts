import { create } from 'zustand';
import { createCatalogueSlice } from './catalogue-slice.ts';
import { createChoiceSlice } from './choice-slice.ts';
import { createDownloadsSlice } from './downloads-slice.ts';
import type { ModelsState } from './state.ts';

/** The state of the Models page, downloads included, which every page shows in its bar. */
export const useModels = create<ModelsState>()((...all) => ({
  ...createCatalogueSlice(...all),
  ...createChoiceSlice(...all),
  ...createDownloadsSlice(...all),
}));
