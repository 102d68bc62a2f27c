import { NODE_MARKS, nodeName, nodeNote, tokenAt } from '@loupe/shared';
import { KindMark } from '../../charts/kind-mark.tsx';
import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { usePanels } from '../../stores/panels.ts';
import { NARROW, useMedia } from '../../ui/use-media.ts';
import { featureOf } from '../detail/feature-info.ts';
import { nodeFacts } from '../detail/node-head.tsx';
import { graphIndex } from '../graph-index.ts';

/** Id of the panel about the chosen node where it stands behind a tab. */
export const ABOUT_PANEL = 'about';

/** The chosen node in one line, under the graph, where all about it stands behind a tab. */
export function ChosenStrip() {
  const narrow = useMedia(NARROW);
  const alone = usePanels((state) => state.maximised === 'graph');
  const graph = useGraphWithView();
  if (!graph || !(narrow || alone)) return null;
  const chosen = graph.view.clicked;
  const index = chosen === undefined ? undefined : graphIndex(graph).nodeOf.get(chosen);
  const node = index === undefined ? undefined : graph.nodes[index];
  // Its place is kept free, so that the graph stays where it is when a node is chosen.
  if (index === undefined || !node) {
    return <p className="chosen-strip muted">Choose a node to see here what it is.</p>;
  }
  const placed = node.kind !== 'bias' && node.kind !== 'position';
  const words = [
    placed && `at ${tokenAt(graph, node.position)} ${node.position}`,
    ...nodeFacts(graph, index, node),
    nodeNote(node, graph.view),
  ];
  return (
    <div className="chosen-strip">
      <KindMark kind={NODE_MARKS[node.kind]} />
      <strong className="mono">{featureOf(node) ?? nodeName(node, graph)}</strong>
      <span>{words.filter(Boolean).join(' · ')}</span>
      <button
        type="button"
        className="button small"
        onClick={() => usePanels.setState({ maximised: null, tab: ABOUT_PANEL })}
      >
        More about it
      </button>
    </div>
  );
}
