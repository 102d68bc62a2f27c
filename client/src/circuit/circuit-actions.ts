import { openPage } from '../stores/address/route.ts';
import { useCircuit } from '../stores/circuit/store.ts';
import type { Action } from '../ui/palette-entries.ts';
import { openExport } from './export/export-state.ts';
import { chooseGraphFile, saveGraphFile } from './file/files.ts';
import { type SideTab, showSideTab } from './side/side-tabs.ts';

/** What can be done with circuits from anywhere, for the command palette. */
export function circuitActions(): Action[] {
  const there = (run: () => void) => () => {
    openPage('circuit');
    run();
  };
  const tab = (label: string, id: SideTab) => ({ label, run: there(() => showSideTab(id)) });
  const opening = { label: 'Open a saved graph', run: there(chooseGraphFile) };
  if (useCircuit.getState().graph === null) return [opening];
  return [
    opening,
    { label: 'Save the graph', run: saveGraphFile },
    { label: 'Export the graph', run: there(() => openExport(true)) },
    tab('Summary of the graph in sentences', 'summary'),
    tab('Compare the graph with that of another prompt', 'compare'),
  ];
}
