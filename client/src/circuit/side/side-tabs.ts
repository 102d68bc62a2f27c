import { create } from 'zustand';

/** What stands beside the graph, above the pinned circuit. */
export type SideTab = 'node' | 'intervene' | 'summary' | 'compare';

/** Which of it is in front. */
export const useSideTab = create<{ tab: SideTab }>()(() => ({ tab: 'node' }));

export function showSideTab(tab: SideTab): void {
  useSideTab.setState({ tab });
}
