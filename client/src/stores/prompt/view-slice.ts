import type { StateCreator } from 'zustand';
import { say } from '../announcer.ts';
import { MAX_PINS, NO_FILTERS, type PromptState, type ViewSlice } from './state.ts';

function clamp(value: number, count: number): number {
  return Math.max(0, Math.min(value, count - 1));
}

export const createViewSlice: StateCreator<PromptState, [], [], ViewSlice> = (set, get) => ({
  selection: { position: 0, source: null },
  followEnd: true,
  hovered: null,
  opened: null,
  pinned: [],
  filters: NO_FILTERS,
  shade: 'strongest',
  colouring: 'surprisal',

  select(position, source) {
    const { selection } = get();
    set({
      selection: { position, source: source === undefined ? selection.source : source },
      followEnd: false,
    });
  },

  moveToken(by) {
    const { run, selection, select } = get();
    if (run) select(clamp(selection.position + by, run.tokens.length));
  },

  moveSource(by) {
    const { run, selection, select } = get();
    if (!run) return;
    const from = selection.source ?? (by > 0 ? -1 : run.sources.length);
    select(selection.position, clamp(from + by, run.sources.length));
  },

  hover(feature) {
    set({ hovered: feature });
  },

  openFeature(feature) {
    set({ opened: get().opened === feature ? null : feature });
  },

  togglePin(feature) {
    const { pinned, colouring } = get();
    if (pinned.includes(feature)) {
      set({
        pinned: pinned.filter((id) => id !== feature),
        colouring: colouring === feature ? 'surprisal' : colouring,
      });
    } else if (pinned.length < MAX_PINS) set({ pinned: [...pinned, feature] });
    else say(`${MAX_PINS} features are pinned already; unpin one first`);
  },

  clearPins() {
    set({ pinned: [], colouring: 'surprisal' });
  },

  setFilters(change) {
    set({ filters: { ...get().filters, ...change } });
  },

  setShade(shade) {
    set({ shade });
  },

  setColouring(colouring) {
    set({ colouring });
  },
});
