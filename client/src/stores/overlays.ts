import { create } from 'zustand';

/** The windows over the page that open by key as well as by button. */
export type Overlay = 'palette' | 'keys';

/** Which of them is open. */
export const useOverlay = create<{ open: Overlay | null }>()(() => ({ open: null }));

export function openOverlay(overlay: Overlay | null): void {
  useOverlay.setState({ open: overlay });
}
