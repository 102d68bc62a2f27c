import type { Page } from '../ui/page.ts';
import { PROMPT_KEYS, stepBackOnPrompt } from './keys.ts';
import { promptActions, usePromptPalette } from './palette.tsx';
import { PromptPage } from './prompt-page.tsx';

export const PROMPT_PAGE: Page = {
  id: 'prompt',
  title: 'Prompt',
  component: PromptPage,
  keys: PROMPT_KEYS,
  stepBack: stepBackOnPrompt,
  actions: promptActions,
  usePalette: usePromptPalette,
};
