import {
  type AttributionGraph,
  describeNode,
  formatNumber,
  formatProbability,
  type GraphNode,
  NODE_MARKS,
  nodeName,
  nodeNote,
  renameNode,
  tokenAt,
} from '@loupe/shared';
import { type ReactNode, useState } from 'react';
import { KindMark } from '../../charts/kind-mark.tsx';
import { openPage } from '../../stores/address/route.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { connectionIndex } from '../connections/connection-items.ts';
import { featureOf } from './feature-info.ts';
import { LabelEditor } from './label-editor.tsx';
import { partsByHead } from './parts.ts';

interface NodeHeadProps {
  /** With the reader's view in it. */
  graph: AttributionGraph;
  /** Index of the node. */
  node: number;
  /** More that can be done with it. */
  actions?: ReactNode;
}

/** What is known of a node in numbers. */
export function nodeFacts(graph: AttributionGraph, index: number, node: GraphNode): string[] {
  const { kind, activation, probability, layer } = node;
  const found: string[] = [];
  if (kind === 'attention' || kind === 'mlp') found.push(`activation ${formatNumber(activation)}`);
  if (kind === 'logit') {
    found.push(
      probability ? `probability ${formatProbability(probability)}` : 'logit difference',
      formatNumber(activation),
    );
  }
  if (kind === 'attention' && graph.heads) {
    const [most] = partsByHead(graph, connectionIndex(graph).of(index).inputs) ?? [];
    if (most) found.push(`mostly head ${layer}.${most.key}`);
  }
  return found;
}

/** Shows a feature on the Prompt page, where it fires in the prompt that is there. */
function FeatureLink({
  graph,
  node,
  id,
}: {
  graph: AttributionGraph;
  node: GraphNode;
  id: string;
}) {
  const run = usePrompt((state) => state.run);
  const here =
    run?.model === graph.model &&
    run.tokens.length === graph.tokens.length &&
    run.tokens.every(({ text }, position) => text === graph.tokens[position]);
  if (!here) return null;

  function show(): void {
    const { pinned, togglePin, select } = usePrompt.getState();
    const source = run?.sources.findIndex((one) => one.id === node.source) ?? -1;
    select(node.position, source < 0 ? null : source);
    if (!pinned.includes(id)) togglePin(id);
    openPage('prompt');
  }

  return (
    <button type="button" className="link-button" onClick={show}>
      on the Prompt page
    </button>
  );
}

/** The chosen node: what it is, where, how strong, what it is called, and what can be done with it. */
export function NodeHead({ graph, node: index, actions }: NodeHeadProps) {
  const { change, togglePin } = useCircuit.getState();
  const [renaming, setRenaming] = useState(false);
  const node = graph.nodes[index];
  if (!node) return null;
  const { id } = node;
  const pinned = graph.view.pinned.includes(id);
  const feature = featureOf(node);
  const name = nodeName(node, graph);
  const label = nodeNote(node, graph.view);
  const isPlaced = node.kind !== 'bias' && node.kind !== 'position';

  function rename(value: string): void {
    setRenaming(false);
    // What it was called before the reader came is no name that the reader gave.
    const given = value === node?.label ? '' : value;
    const next = renameNode(graph.view, id, given);
    if ((graph.view.labels[id] ?? '') !== given) change(next);
  }

  return (
    <header className="node-head">
      <div className="node-title">
        <KindMark kind={NODE_MARKS[node.kind]} size={11} />
        <h2 className="mono" aria-label={describeNode(node, graph)}>
          {feature ?? name}
        </h2>
        <p className="node-facts">
          {isPlaced && (
            <>
              at <span className="mono">{tokenAt(graph, node.position)}</span> {node.position}
            </>
          )}
          {nodeFacts(graph, index, node).map((fact) => ` · ${fact}`)}
        </p>
        <div className="node-actions">
          <button
            type="button"
            className="button small"
            aria-pressed={pinned}
            onClick={() => togglePin(id)}
          >
            {pinned ? 'Pinned' : 'Pin'}
          </button>
          {actions}
        </div>
      </div>
      <div className="node-label">
        {renaming ? (
          <LabelEditor
            label={`Label of ${name}`}
            value={label}
            placeholder={node.label || 'a name for this node'}
            onDone={rename}
            onCancel={() => setRenaming(false)}
          />
        ) : (
          <>
            {label !== '' && <span className="node-given">{label}</span>}
            <button type="button" className="quiet-button" onClick={() => setRenaming(true)}>
              {label === '' ? 'Name it' : 'Rename'}
            </button>
          </>
        )}
        {feature !== undefined && <FeatureLink graph={graph} node={node} id={feature} />}
      </div>
    </header>
  );
}
