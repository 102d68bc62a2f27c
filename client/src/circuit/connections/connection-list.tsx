import type { AttributionGraph, Pruning } from '@loupe/shared';
import { useMemo, useState } from 'react';
import { useWidth } from '../../charts/use-width.ts';
import { Term } from '../../ui/term.tsx';
import type { VirtualRow } from '../../ui/virtual-grid.tsx';
import { NodeGrid } from '../side/node-grid.tsx';
import { type ConnectionItem, connectionItems, extents, type Side } from './connection-items.ts';
import { ConnectionRow } from './connection-row.tsx';
import './connection-list.css';

/** Width in CSS pixels from which both sides stand beside each other. */
const BESIDE = 440;

const SIDES: Record<Side, string> = { inputs: 'reads from', outputs: 'writes to' };

function Heading({ side, count, shown }: { side: Side; count: number; shown: number }) {
  return (
    <>
      {/* biome-ignore lint/a11y: the row of headings takes no focus */}
      <div role="columnheader">
        {SIDES[side]}{' '}
        <span className="connection-count">{shown === count ? count : `${shown} of ${count}`}</span>
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="columnheader" className="connection-share">
        <Term of="share" />
      </div>
      {/* biome-ignore lint/a11y: see above */}
      <div role="columnheader" className="connection-weight">
        <Term of="directEffect">effect</Term>
      </div>
    </>
  );
}

interface ConnectionListProps {
  /** With the reader's view in it. */
  graph: AttributionGraph;
  /** Index of the node. */
  node: number;
  pruning: Pruning;
}

/**
 * What a node reads from and writes to, strongest first: side by side where there is room, else one below
 * the other. What the sliders have taken away is listed too, dimmed.
 */
export function ConnectionList({ graph, node, pruning }: ConnectionListProps) {
  const [search, setSearch] = useState('');
  const [ref, width] = useWidth<HTMLDivElement>();
  const pinned = useMemo(() => new Set(graph.view.pinned), [graph.view.pinned]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the view only names are in it
  const bySide = useMemo(() => {
    const items = connectionItems(graph, node, search);
    const extent = extents(items);
    const rowOf = (item: ConnectionItem): VirtualRow => {
      if (item.type === 'heading') {
        const { side, count, shown } = item;
        return {
          key: side,
          id: undefined,
          heading: true,
          cells: () => <Heading side={side} count={count} shown={shown} />,
        };
      }
      const { side, connection } = item;
      return {
        key: `${side} ${connection.edge}`,
        id: graph.nodes[connection.node]?.id,
        faint: pruning.nodes[connection.node] !== 1,
        cells: () => <ConnectionRow graph={graph} connection={connection} extent={extent[side]} />,
      };
    };
    const rows = (side: Side) => items.filter((item) => item.side === side).map(rowOf);
    const none = (side: Side) => rowOf({ type: 'heading', side, count: 0, shown: 0 });
    return { inputs: rows('inputs'), outputs: rows('outputs'), none };
  }, [graph.edges, graph.heads, graph.view.labels, node, search, pruning]);
  const { inputs, outputs, none } = bySide;
  const grids =
    width >= BESIDE
      ? [
          {
            label: 'What the chosen node reads from',
            rows: inputs.length > 0 ? inputs : [none('inputs')],
          },
          {
            label: 'What the chosen node writes to',
            rows: outputs.length > 0 ? outputs : [none('outputs')],
          },
        ]
      : [{ label: 'Connections of the chosen node', rows: [...inputs, ...outputs] }];

  /** A reader who went to a node that has nothing on this side goes on at its other side. */
  function onEmpty(): void {
    ref.current?.querySelector<HTMLElement>('[data-place]')?.focus();
  }

  return (
    <div className="connections" ref={ref}>
      <input
        type="search"
        className="field connection-search"
        aria-label="Find among the connections"
        placeholder="Find a node, token or label"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        spellCheck={false}
      />
      {inputs.length + outputs.length > 0 ? (
        <div className="connection-sides">
          {grids.map(({ label, rows }, side) => (
            <NodeGrid
              // One and the same list for every node, so that it keeps the focus.
              // biome-ignore lint/suspicious/noArrayIndexKey: a side is its place
              key={side}
              label={label}
              className="connection-grid"
              rows={rows}
              pinned={pinned}
              subject={graph.nodes[node]}
              onEmpty={onEmpty}
            />
          ))}
        </div>
      ) : (
        <p className="connections-none">Nothing acts on it, and it acts on nothing.</p>
      )}
    </div>
  );
}
