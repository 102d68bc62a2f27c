import {
  type AttributionGraph,
  type Connection,
  describeNode,
  formatNumber,
  formatProbability,
  NODE_MARKS,
  nodeName,
  nodeNote,
  tokenAt,
} from '@loupe/shared';
import { KindMark } from '../../charts/kind-mark.tsx';
import { barOf, type Extent } from '../../charts/signed-bar.tsx';

interface ConnectionRowProps {
  graph: AttributionGraph;
  connection: Connection;
  extent: Extent;
}

/** Tokens name themselves; where the others stand has to be said. */
function whereOf(graph: AttributionGraph, index: number): string {
  const node = graph.nodes[index];
  if (!node || node.kind === 'embedding' || node.kind === 'position' || node.kind === 'bias') {
    return '';
  }
  return tokenAt(graph, node.position);
}

/** The cells of one effect: the node at its other end, its size as a bar about zero, its number. */
export function ConnectionRow({ graph, connection, extent }: ConnectionRowProps) {
  const { node: index, weight, share, edge } = connection;
  const node = graph.nodes[index];
  if (!node) return null;
  const { zero, left, width } = barOf(weight, extent);
  const label = nodeNote(node, graph.view);
  const where = whereOf(graph, index);
  const [head] = graph.heads?.get(edge) ?? [];
  return (
    <>
      {/* biome-ignore lint/a11y: cells of a grid whose rows take the focus */}
      <div
        role="gridcell"
        className="connection-name"
        title={`${describeNode(node, graph)} (${node.id})`}
      >
        <KindMark kind={NODE_MARKS[node.kind]} />
        <span className="mono">{nodeName(node, graph)}</span>
        {label !== '' && <span className="connection-label">{label}</span>}
        {where !== '' && <span className="connection-where mono">{where}</span>}
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="connection-head">
        {head && (
          <span title={`most of it, ${formatNumber(head[1])}, through head ${head[0]}`}>
            <span className="hidden-text">mostly through </span>head {head[0]}
          </span>
        )}
      </div>
      <div className="connection-bar" aria-hidden="true">
        <span className="connection-zero" style={{ left: `${zero}%` }} />
        <span
          className="connection-effect"
          style={{
            left: `${left}%`,
            width: `${width}%`,
            background: `var(--${NODE_MARKS[node.kind]})`,
          }}
        />
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="gridcell" className="connection-share">
        {formatProbability(share)}
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div
        role="gridcell"
        className="connection-weight"
        title={`${formatProbability(share)} of all that acts on its target`}
      >
        {formatNumber(weight)}
      </div>
    </>
  );
}
