import type { Shade } from '../../stores/prompt/state.ts';

/** What a cell of the map is shaded by, in words. */
export const SHADE_WORDS: Record<Shade, string> = {
  count: 'active features',
  strongest: 'strongest activation',
  error: 'reconstruction error',
};
