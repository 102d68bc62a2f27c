import {
  type AttributionGraph,
  describeNode,
  formatNumber,
  formatProbability,
  type GraphNode,
  NODE_MARKS,
  nodeName,
  tokenAt,
} from '@loupe/shared';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { KindMark } from '../../charts/kind-mark.tsx';
import { useCircuit } from '../../stores/circuit/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { useDrawnParts } from '../use-pruning.ts';
import { passedShare } from './passed-share.ts';

/** Height of a row in CSS pixels. */
const ROW = 26;
const COLUMNS = ['node', 'token', 'activation', 'carries', 'pinned'] as const;
/** Rows that PageUp and PageDown move by. */
const PAGE = 10;

const STEPS: Record<string, number> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -PAGE,
  PageDown: PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function isFeature({ kind }: GraphNode): boolean {
  return kind === 'attention' || kind === 'mlp';
}

/** Where a node stands, unless its name says it. */
function placeOf({ kind, position }: GraphNode, graph: AttributionGraph): string {
  if (kind === 'bias') return '';
  return kind === 'embedding' ? `${position}` : `${tokenAt(graph, position)} ${position}`;
}

/** The nodes that are shown, the most influential first; only the rows in view exist. */
export function NodeTable({ graph }: { graph: AttributionGraph }) {
  const parts = useDrawnParts();
  const view = useCircuit((state) => state.view);
  const { choose, togglePin, hover } = useCircuit.getState();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(0);
  const rows = useMemo(
    () =>
      Array.from(parts.nodes.keys())
        .filter((node) => parts.nodes[node] === 1)
        .map((node) => ({ node, passed: passedShare(graph, node) }))
        .sort((a, b) => b.passed - a.passed || a.node - b.node),
    [graph, parts],
  );
  const current = Math.min(cursor, rows.length - 1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = graph.nodes[rows[current]?.node ?? -1]?.id;
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(current + step, rows.length - 1));
      setCursor(next);
      virtual.scrollToIndex(next);
      // The row that comes into being takes the focus.
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus(),
      );
    } else if (event.key === 'Enter' && id !== undefined) choose(id);
    else if (event.key.toLowerCase() === 'p' && id !== undefined) togglePin(id);
    else return;
    event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are not in view do not exist
    <div
      ref={scroller}
      className="node-table"
      role="grid"
      tabIndex={-1}
      aria-label="Nodes"
      aria-rowcount={rows.length + 1}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: a heading is not walked to */}
      <div role="row" aria-rowindex={1} className="node-table-head">
        {COLUMNS.map((name) => (
          // biome-ignore lint/a11y: see above
          <span
            key={name}
            role="columnheader"
            className={name === 'activation' || name === 'carries' ? 'number' : undefined}
          >
            {name === 'pinned' ? <span className="hidden-text">{name}</span> : name}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div
        className="node-table-rows"
        role="rowgroup"
        style={{ position: 'relative', height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          const node = row && graph.nodes[row.node];
          if (!node) return null;
          const pinned = view.pinned.includes(node.id);
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
            <div
              key={node.id}
              role="row"
              data-row={index}
              aria-rowindex={index + 2}
              aria-selected={view.clicked === node.id}
              aria-label={describeNode(node, graph)}
              tabIndex={index === current ? 0 : -1}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                setCursor(index);
                choose(node.id);
              }}
              onPointerEnter={() => hover(node.id)}
              onPointerLeave={() => hover(null)}
              onFocus={() => setCursor(index)}
            >
              {/* biome-ignore-start lint/a11y/useSemanticElements: see above */}
              {/* biome-ignore-start lint/a11y/useFocusableInteractive: rows are walked, not cells */}
              <span role="gridcell" className="mono">
                <KindMark kind={NODE_MARKS[node.kind]} /> {nodeName(node, graph)}
              </span>
              <span role="gridcell" className="mono">
                {placeOf(node, graph)}
              </span>
              <span role="gridcell" className="number">
                {isFeature(node) ? formatNumber(node.activation) : ''}
              </span>
              <span role="gridcell" className="number">
                {node.kind === 'logit' || node.kind === 'bias' ? '' : formatProbability(row.passed)}
              </span>
              <span role="gridcell">{pinned && <Icon name="tick" size={12} />}</span>
              {/* biome-ignore-end lint/a11y/useFocusableInteractive: rows are walked, not cells */}
              {/* biome-ignore-end lint/a11y/useSemanticElements: see above */}
            </div>
          );
        })}
      </div>
    </div>
  );
}
