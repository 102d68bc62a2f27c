import { create } from 'zustand';

interface PanelsState {
  /** Id of the panel that fills the page at the moment; null when all are shown. */
  maximised: string | null;
}

/** Which panel is maximised; the same for every page. */
export const usePanels = create<PanelsState>()(() => ({ maximised: null }));

/** Maximises a panel, or brings all back when it is maximised already. */
export function toggleMaximised(panel: string): void {
  usePanels.setState(({ maximised }) => ({ maximised: maximised === panel ? null : panel }));
}

/** Brings all panels back; false when none was maximised. */
export function restorePanels(): boolean {
  const was = usePanels.getState().maximised !== null;
  usePanels.setState({ maximised: null });
  return was;
}
