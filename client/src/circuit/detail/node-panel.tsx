import type { ReactNode } from 'react';
import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { ConnectionList } from '../connections/connection-list.tsx';
import { graphIndex } from '../graph-index.ts';
import { usePruning } from '../use-pruning.ts';
import { NodeHead } from './node-head.tsx';
import { Promoted } from './promoted.tsx';
import { Sources } from './sources.tsx';
import './node-panel.css';

/**
 * The chosen node: what it is, what it promotes, where it reads, and all it reads from and writes to.
 *
 * @param props.actions more buttons for the head line, given the node's index
 */
export function NodePanel({ actions }: { actions?: (node: number) => ReactNode }) {
  const graph = useGraphWithView();
  const pruning = usePruning();
  const chosen = graph?.view.clicked;
  const index = graph && chosen !== undefined ? graphIndex(graph).nodeOf.get(chosen) : undefined;
  const node = index === undefined ? undefined : graph?.nodes[index];
  if (!graph || index === undefined || !node) {
    return (
      <p className="node-none">
        Choose a node of the graph to see what it reads from and writes to: click it, or walk there
        with the arrows and press Enter.
      </p>
    );
  }
  const isFeature = node.kind === 'attention' || node.kind === 'mlp';
  return (
    <section className="node-panel" aria-label="Chosen node">
      <NodeHead key={node.id} graph={graph} node={index} actions={actions?.(index)} />
      {isFeature && <Promoted model={graph.model} node={node} />}
      {node.kind === 'attention' && <Sources graph={graph} node={index} />}
      <ConnectionList graph={graph} node={index} pruning={pruning} />
    </section>
  );
}
