import type { TokenEffect } from '@loupe/shared';

/** A search text as it is compared: without regard to case and to space around it. */
export function searchKey(text: string): string {
  return text.trim().toLowerCase();
}

/** Promoted tokens in their order, those that hold the searched text (a `searchKey`) before the others. */
export function searchedFirst(
  promotes: readonly TokenEffect[],
  search: string,
): (TokenEffect & { matches: boolean })[] {
  const marked = promotes.map((effect) => ({
    ...effect,
    matches: search !== '' && effect.text.toLowerCase().includes(search),
  }));
  return [...marked.filter(({ matches }) => matches), ...marked.filter(({ matches }) => !matches)];
}
