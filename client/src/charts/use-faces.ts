import { useSyncExternalStore } from 'react';
import { forgetWidths } from './text-width.ts';

let arrived = 0;
const listeners = new Set<() => void>();

function changed(): void {
  arrived++;
  forgetWidths();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) document.fonts.addEventListener('loadingdone', changed);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) document.fonts.removeEventListener('loadingdone', changed);
  };
}

/** Counts up whenever a face has arrived: what is measured or drawn with it must be done again. */
export function useFaces(): number {
  return useSyncExternalStore(subscribe, () => arrived);
}
