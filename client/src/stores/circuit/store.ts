import type { AttributionGraph } from '@loupe/shared';
import { create } from 'zustand';
import { createRunSlice } from './run-slice.ts';
import type { CircuitState } from './state.ts';
import { createViewSlice } from './view-slice.ts';

/** The state of the Circuit page: `const graph = useCircuit((state) => state.graph)`. */
export const useCircuit = create<CircuitState>()((...all) => ({
  ...createRunSlice(...all),
  ...createViewSlice(...all),
}));

/** The graph on screen with the reader's view in it, as it is saved and exported; null before there is any. */
export function graphWithView(
  state: Pick<CircuitState, 'graph' | 'view'> = useCircuit.getState(),
): AttributionGraph | null {
  return state.graph && { ...state.graph, view: state.view };
}
