import { create } from 'zustand';
import { createFeatureSlice } from './feature-slice.ts';
import { createRunSlice } from './run-slice.ts';
import type { PromptState } from './state.ts';
import { createViewSlice } from './view-slice.ts';

/** The state of the Prompt view: `const run = usePrompt((state) => state.run)`. */
export const usePrompt = create<PromptState>()((...all) => ({
  ...createRunSlice(...all),
  ...createViewSlice(...all),
  ...createFeatureSlice(...all),
}));
