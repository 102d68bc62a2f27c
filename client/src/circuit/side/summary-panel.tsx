import { summarize } from '@loupe/shared';
import { useMemo } from 'react';
import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { CopyButton } from '../../ui/copy-button.tsx';

/** What the graph says, in sentences that can be copied. */
export function SummaryPanel() {
  const graph = useGraphWithView();
  // It is about all of the graph; of the view only names are in it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const sentences = useMemo(
    () => (graph ? summarize(graph) : []),
    [graph?.edges, graph?.view.labels],
  );
  return (
    <section className="summary" aria-label="Summary">
      <div className="summary-head">
        <h2 className="heading">the whole graph in sentences</h2>
        <CopyButton text={sentences.join(' ')} what="Summary" />
      </div>
      {sentences.map((sentence, place) => (
        // Two targets can be told of in the same words.
        // biome-ignore lint/suspicious/noArrayIndexKey: a sentence is its place
        <p key={place}>{sentence}</p>
      ))}
    </section>
  );
}
