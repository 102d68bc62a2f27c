import {
  type AttributionGraph,
  formatNumber,
  formatProbability,
  type GraphView,
  NODE_MARKS,
  nodeName,
  nodeNote,
  tokenAt,
  tokenLabel,
} from '@loupe/shared';
import { KindMark } from '../../charts/kind-mark.tsx';

interface NodeTipProps {
  graph: AttributionGraph;
  view: GraphView;
  node: number;
  /** Share of the effects on the logits that passes through it, 0 to 1. */
  passed: number;
}

/** What a node is, in exact numbers. */
export function NodeTip({ graph, view, node: index, passed }: NodeTipProps) {
  const node = graph.nodes[index];
  if (!node) return null;
  const { kind, position, activation, probability, promotes } = node;
  const label = nodeNote(node, view);
  const feature = kind === 'attention' || kind === 'mlp';
  const facts = [
    promotes !== undefined && `promotes ${tokenLabel(promotes)}`,
    feature && `activation ${formatNumber(activation)}`,
    kind === 'logit' &&
      probability !== undefined &&
      probability > 0 &&
      formatProbability(probability),
    kind !== 'logit' && kind !== 'bias' && `carries ${formatProbability(passed)} of the effects`,
  ].filter(Boolean);
  return (
    <div className="node-tip">
      <p>
        <KindMark kind={NODE_MARKS[kind]} />{' '}
        <strong className="mono">{nodeName(node, graph)}</strong>
        {kind !== 'embedding' && kind !== 'bias' && (
          <>
            {' at '}
            <span className="chip">{tokenAt(graph, position)}</span> {position}
          </>
        )}
      </p>
      {node.source !== undefined && <p className="node-tip-source mono">{node.source}</p>}
      {label !== '' && <p>{label}</p>}
      <p className="node-tip-facts">{facts.join(' · ')}</p>
    </div>
  );
}
