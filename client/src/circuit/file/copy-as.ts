import { exportText, summarize, type TextFormat } from '@loupe/shared';
import { graphWithView } from '../../stores/circuit/store.ts';
import { copyText } from '../../ui/clipboard.ts';

/** Copies the pinned circuit, or the graph where nothing is pinned. */
export function copyAs(format: TextFormat, what: string): void {
  const graph = graphWithView();
  if (!graph) return;
  const drawn = graph.view.pinned.length > 0 ? 'pinned' : 'graph';
  void copyText(exportText(graph, format, { what: drawn }), what);
}

/** Copies what the graph says, in sentences. */
export function copySummary(): void {
  const graph = graphWithView();
  if (graph) void copyText(summarize(graph).join(' '), 'Summary');
}
