import { counted, graphFileName, graphLegend } from '@loupe/shared';
import { useState } from 'react';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { useGraphWithView } from '../../stores/circuit/use-graph-with-view.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { useDrawnParts } from '../use-pruning.ts';
import { BigGraph } from './big-graph.tsx';
import { ChosenStrip } from './chosen-strip.tsx';
import { edgesCsv, graphJson, graphSvg } from './graph-data.ts';
import { GraphLegend } from './graph-legend.tsx';
import { NodeTable } from './node-table.tsx';
import { Thresholds } from './thresholds.tsx';
import './graph-panel.css';

/** The graph, or the same as a table, with what decides how much of it is shown. */
export function GraphPanel() {
  const graph = useGraphWithView();
  const parts = useDrawnParts();
  const [asTable, setAsTable] = useState(false);
  if (!graph) return null;
  return (
    <section className="graph-panel" aria-label="Circuit">
      <header className="graph-head">
        <h2 className="heading">
          {counted(parts.nodeCount, 'node')}, {counted(parts.edgeCount, 'edge')}
        </h2>
        <GraphLegend entries={graphLegend(graph, parts)} />
        <button
          type="button"
          className="quiet-button"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'as a graph' : 'as a table'}
        </button>
        <ChartMenu
          label="Circuit"
          nameFile={(ending) => graphFileName(graph, ending)}
          panel="graph"
          json={graphJson}
          csv={edgesCsv}
          svg={graphSvg}
        />
      </header>
      <Boundary what={asTable ? 'The table of nodes' : 'The graph'} subject={graph}>
        {asTable ? <NodeTable graph={graph} /> : <BigGraph graph={graph} />}
      </Boundary>
      <ChosenStrip />
      <Boundary what="The thresholds" subject={graph}>
        <Thresholds graph={graph} />
      </Boundary>
    </section>
  );
}
