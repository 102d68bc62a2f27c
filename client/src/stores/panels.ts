import { create } from 'zustand';

interface PanelsState {
  /** Id of the panel that fills the page at the moment; null when all are shown. */
  maximised: string | null;
  /** Id of the panel that is in front where panels stand behind tabs; null for the first. */
  tab: string | null;
}

/** Which panel is maximised or in front; the same for every page. */
export const usePanels = create<PanelsState>()(() => ({ maximised: null, tab: null }));

/** Maximises a panel, or brings all back when it is maximised already. */
export function toggleMaximised(panel: string): void {
  usePanels.setState(({ maximised }) => ({
    maximised: maximised === panel ? null : panel,
    tab: panel,
  }));
}

/** Brings all panels back; false when none was maximised. */
export function restorePanels(): boolean {
  const was = usePanels.getState().maximised !== null;
  usePanels.setState({ maximised: null });
  return was;
}
