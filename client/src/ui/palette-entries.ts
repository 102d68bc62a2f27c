import type { ReactNode } from 'react';
import { matches } from './match-words.ts';

/** Something to choose in the command palette. */
export interface PaletteEntry {
  id: string;
  label: ReactNode;
  note?: string;
  run: () => void;
}

export interface PaletteGroup {
  title: string;
  entries: PaletteEntry[];
}

/** An entry with the words by which it is found. */
export type Searchable = PaletteEntry & { words: string };

/** Something to do, found by its label. */
export interface Action {
  label: string;
  note?: string;
  run: () => void;
}

/** Entries of a group on screen at once. */
export const MAX_ENTRIES = 12;

/** The entries that a query finds, `MAX_ENTRIES` at most. */
export function foundEntries(
  title: string,
  entries: readonly Searchable[],
  query: string,
): PaletteGroup {
  return {
    title,
    entries: entries.filter(({ words }) => matches(query, words)).slice(0, MAX_ENTRIES),
  };
}
