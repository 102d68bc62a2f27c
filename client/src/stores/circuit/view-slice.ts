import { emptyView, type GraphView } from '@loupe/shared';
import type { StateCreator } from 'zustand';
import { type CircuitState, MAX_HISTORY, type ViewSlice } from './state.ts';

export const createViewSlice: StateCreator<CircuitState, [], [], ViewSlice> = (set, get) => {
  let gestureNow: string | undefined;

  /** A view of history with what is chosen now: choosing is no step, so undoing must not undo it. */
  function restored(view: GraphView): GraphView {
    return { ...view, clicked: get().view.clicked };
  }

  return {
    view: emptyView(),
    hovered: null,
    marked: [],
    past: [],
    future: [],

    change(change, gesture) {
      const { view, past } = get();
      const sameStep = gesture !== undefined && gesture === gestureNow;
      gestureNow = gesture;
      set({
        view: { ...view, ...change },
        past: sameStep ? past : [...past, view].slice(-MAX_HISTORY),
        future: [],
      });
    },

    settle() {
      gestureNow = undefined;
    },

    undo() {
      const { past, future, view } = get();
      const before = past.at(-1);
      gestureNow = undefined;
      if (!before) return;
      set({ view: restored(before), past: past.slice(0, -1), future: [...future, view] });
    },

    redo() {
      const { past, future, view } = get();
      const next = future.at(-1);
      gestureNow = undefined;
      if (!next) return;
      set({ view: restored(next), past: [...past, view], future: future.slice(0, -1) });
    },

    choose(id) {
      set({ view: { ...get().view, clicked: id } });
    },

    hover(id) {
      if (get().hovered !== id) set({ hovered: id });
    },

    togglePin(id) {
      const { pinned } = get().view;
      const without = pinned.filter((one) => one !== id);
      get().change({ pinned: without.length < pinned.length ? without : [...pinned, id] });
    },

    toggleMark(id) {
      const { marked } = get();
      const without = marked.filter((one) => one !== id);
      set({ marked: without.length < marked.length ? without : [...marked, id] });
    },

    clearMarks() {
      set({ marked: [] });
    },
  };
};
