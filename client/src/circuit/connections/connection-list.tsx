import type { AttributionGraph, Pruning } from '@loupe/shared';
import { useMemo, useState } from 'react';
import { Term } from '../../ui/term.tsx';
import { type GridRow, WalkedGrid } from '../side/walked-grid.tsx';
import { connectionItems, extents, type Side } from './connection-items.ts';
import { ConnectionRow } from './connection-row.tsx';
import './connection-list.css';

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
 * What a node reads from and writes to, strongest first. What the sliders have taken away is listed
 * too, dimmed.
 */
export function ConnectionList({ graph, node, pruning }: ConnectionListProps) {
  const [search, setSearch] = useState('');
  const pinned = useMemo(() => new Set(graph.view.pinned), [graph.view.pinned]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the view only names are in it
  const rows = useMemo(() => {
    const items = connectionItems(graph, node, search);
    const extent = extents(items);
    return items.map((item): GridRow => {
      if (item.type === 'heading') {
        const { side, count, shown } = item;
        return {
          key: side,
          node: undefined,
          heading: true,
          cells: () => <Heading side={side} count={count} shown={shown} />,
        };
      }
      const { side, connection } = item;
      return {
        key: `${side} ${connection.edge}`,
        node: graph.nodes[connection.node]?.id,
        faint: pruning.nodes[connection.node] !== 1,
        cells: () => <ConnectionRow graph={graph} connection={connection} extent={extent[side]} />,
      };
    });
  }, [graph.edges, graph.heads, graph.view.labels, node, search, pruning]);
  return (
    <div className="connections">
      <input
        type="search"
        className="field connection-search"
        aria-label="Find among the connections"
        placeholder="Find a node, token or label"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        spellCheck={false}
      />
      {rows.length > 0 ? (
        <WalkedGrid
          label="Connections of the chosen node"
          className="connection-grid"
          rows={rows}
          pinned={pinned}
          subject={graph.nodes[node]}
        />
      ) : (
        <p className="connections-none">Nothing acts on it, and it acts on nothing.</p>
      )}
    </div>
  );
}
