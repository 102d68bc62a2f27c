import type { ComponentType } from 'react';
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
];
