import { CIRCUIT_PAGE } from './circuit/page.ts';
import { MODELS_PAGE } from './models/page.ts';
import { PROMPT_PAGE } from './prompt/page.ts';
import type { Page } from './ui/page.ts';

/** The pages in the order of their tabs; the first is the one that an address without a page opens. */
export const PAGES: readonly [Page, ...Page[]] = [PROMPT_PAGE, CIRCUIT_PAGE, MODELS_PAGE];
