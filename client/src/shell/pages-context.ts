import { createContext, useContext } from 'react';
import type { Page } from '../ui/page.ts';

/** The pages that there are, in the order of their tabs. */
export const PagesContext = createContext<readonly Page[]>([]);

export function usePages(): readonly Page[] {
  return useContext(PagesContext);
}
