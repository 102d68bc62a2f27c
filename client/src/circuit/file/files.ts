import { type ErrorBody, graphFileName, toLoupeError, writeGraphJson } from '@loupe/shared';
import { create } from 'zustand';
import { say } from '../../stores/announcer.ts';
import { graphWithView, useCircuit } from '../../stores/circuit/store.ts';
import { download } from '../../ui/clipboard.ts';
import { GRAPH_FILES, readGraphFile } from './read-graph-file.ts';

interface FilesState {
  /** Name of the file that is being read; null while none is. */
  reading: string | null;
  /** Why the last file could not be opened; null once that is dismissed or another was opened. */
  error: ErrorBody | null;
}

/** What goes on with files of graphs. */
export const useFiles = create<FilesState>()(() => ({ reading: null, error: null }));

export function dismissFileError(): void {
  useFiles.setState({ error: null });
}

/** Shows the graph of a file, with the pins, groups and labels that were saved in it. */
export async function openGraphFile(file: File): Promise<void> {
  useFiles.setState({ reading: file.name, error: null });
  try {
    const graph = await readGraphFile(file);
    useCircuit.getState().cancel();
    useCircuit.getState().show(graph, { from: 'file', name: file.name });
    say(`${file.name} opened`);
  } catch (thrown) {
    useFiles.setState({ error: toLoupeError(thrown).toBody() });
  } finally {
    useFiles.setState({ reading: null });
  }
}

/** Lets the reader choose a file of a graph, and opens it. */
export function chooseGraphFile(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = GRAPH_FILES;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) void openGraphFile(file);
  });
  input.click();
}

/** Saves the whole graph with what the reader has made of it, as JSON in Neuronpedia's schema. */
export function saveGraphFile(): void {
  const graph = graphWithView();
  if (!graph) return;
  download(JSON.stringify(writeGraphJson(graph)), graphFileName(graph, 'json'), 'application/json');
}
