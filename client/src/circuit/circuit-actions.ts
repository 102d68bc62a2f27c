import { EXPORT_FORMATS } from '@loupe/shared';
import { openPage } from '../stores/address/route.ts';
import { useCircuit } from '../stores/circuit/store.ts';
import type { Action } from '../ui/palette-entries.ts';
import { openExport, setFormat } from './export/export-state.ts';
import { FORMAT_GROUPS } from './export/formats.ts';
import { copyAs, copySummary } from './file/copy-as.ts';
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
  const { graph, undo, redo, change } = useCircuit.getState();
  if (graph === null) return [opening];
  return [
    opening,
    { label: 'Save the graph', run: saveGraphFile },
    ...FORMAT_GROUPS.flatMap(({ formats }) => formats).map((format) => ({
      label: `Export the graph as ${EXPORT_FORMATS[format].words}`,
      note: `.${format}`,
      run: there(() => {
        setFormat(format);
        openExport(true);
      }),
    })),
    { label: 'Copy the circuit as Mermaid', run: () => copyAs('mmd', 'Mermaid') },
    { label: 'Copy the circuit as DOT', run: () => copyAs('dot', 'DOT') },
    { label: 'Copy the summary of the graph', run: copySummary },
    tab('Chosen node', 'node'),
    tab('Interventions: ablate features, heads and errors', 'intervene'),
    tab('Summary of the graph in sentences', 'summary'),
    tab('Compare the graph with that of another prompt', 'compare'),
    { label: 'Undo what was done to the graph', run: there(undo) },
    { label: 'Redo what was undone', run: there(redo) },
    { label: 'Unpin all nodes of the graph', run: there(() => change({ pinned: [], groups: [] })) },
  ];
}
