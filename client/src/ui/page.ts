import type { ComponentType } from 'react';
import type { Key } from './keys.ts';
import type { Action, PaletteGroup } from './palette-entries.ts';

/**
 * A page of Loupe as the shell sees it. Each page has a folder with a `page.ts` that exports one of
 * these, and a line in `pages.ts`; the shell and the other pages know nothing else of it.
 */
export interface Page {
  /** Its place in the address: `#/prompt`. */
  id: string;
  title: string;
  component: ComponentType;
  /** What its keys do while it is in sight. */
  keys?: readonly Key[];
  /** Takes back the last thing that is under way or chosen on it: Esc, while it is in sight. */
  stepBack?: () => void;
  /** What can be done on it from anywhere, for the command palette. */
  actions?: () => readonly Action[];
  /** A hook: what the command palette finds on it for a query. */
  usePalette?: (query: string) => PaletteGroup[];
  /** Stands in the top bar whichever page is in sight, where there is something to tell. */
  badge?: ComponentType;
}
