import { toLoupeError } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { getCatalogue } from '../api/resources.ts';
import type { CatalogueSlice, ModelsState } from './state.ts';

export const createCatalogueSlice: StateCreator<ModelsState, [], [], CatalogueSlice> = (set) => ({
  catalogue: null,
  catalogueError: null,

  async loadCatalogue() {
    try {
      set({ catalogue: await getCatalogue(), catalogueError: null });
    } catch (thrown) {
      set({ catalogueError: toLoupeError(thrown).toBody() });
    }
  },
});
