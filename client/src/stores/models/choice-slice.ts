import type { StateCreator } from 'zustand';
import type { ChoiceSlice, ModelsState } from './state.ts';

export const createChoiceSlice: StateCreator<ModelsState, [], [], ChoiceSlice> = (set, get) => ({
  choices: new Map(),

  choose(model, choice) {
    set({ choices: new Map(get().choices).set(model, choice) });
  },
});
