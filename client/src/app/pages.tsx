import type { ComponentType } from 'react';
import { CircuitPage } from '../circuit/circuit-page.tsx';
import { MODELS_PAGE } from '../models/follow-downloads.ts';
import { ModelsPage } from '../models/models-page.tsx';
import { PromptPage } from '../prompt/prompt-page.tsx';

export interface Page {
  /** Its place in the address: `#/prompt`. */
  id: string;
  title: string;
  component: ComponentType;
}

/** The pages in the order of their tabs. */
export const PAGES: readonly [Page, ...Page[]] = [
  { id: 'prompt', title: 'Prompt', component: PromptPage },
  { id: 'circuit', title: 'Circuit', component: CircuitPage },
  { id: MODELS_PAGE, title: 'Models', component: ModelsPage },
];
