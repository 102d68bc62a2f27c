import { toLoupeError } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { getCatalogue } from '../../api/resources.ts';
import { isAway, missServer, onServerBack } from '../server.ts';
import type { CatalogueSlice, ModelsState } from './state.ts';

export const createCatalogueSlice: StateCreator<ModelsState, [], [], CatalogueSlice> = (
  set,
  get,
) => {
  // A server that was away may offer something else by now.
  onServerBack(() => {
    const { catalogue, catalogueError } = get();
    if (catalogue || catalogueError) void get().loadCatalogue();
  });

  return {
    catalogue: null,
    catalogueError: null,

    async loadCatalogue() {
      try {
        set({ catalogue: await getCatalogue(), catalogueError: null });
      } catch (thrown) {
        const error = toLoupeError(thrown).toBody();
        set({ catalogueError: error });
        if (error && isAway(error)) missServer(error);
      }
    },
  };
};
