import { create } from 'zustand';

/** The windows over the page that open by key as well as by button. */
export type Overlay = 'palette' | 'keys';

/** Which of them is open. */
export const useOverlay = create<{ open: Overlay | null; at: string | null }>()(() => ({
  open: null,
  at: null,
}));

/** @param at what of it to bring into sight: a word that the help window explains */
export function openOverlay(overlay: Overlay | null, at: string | null = null): void {
  useOverlay.setState({ open: overlay, at });
}
