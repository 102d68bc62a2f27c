import { counted, graphFileName } from '@loupe/shared';
import { useState } from 'react';
import { ChartMenu } from '../../charts/chart-menu.tsx';
import { useCircuit } from '../../stores/circuit/store.ts';
import { Boundary } from '../../ui/boundary.tsx';
import { usePruning } from '../use-pruning.ts';
import { BigGraph } from './big-graph.tsx';
import { ChosenStrip } from './chosen-strip.tsx';
import { edgesCsv, graphJson, graphSvg } from './graph-data.ts';
import { GraphLegend } from './graph-legend.tsx';
import { NodeTable } from './node-table.tsx';
import { MAX_FAINT } from './scene.ts';
import { Thresholds } from './thresholds.tsx';
import './graph-panel.css';

/** The graph, or the same as a table, with what decides how much of it is shown. */
export function GraphPanel() {
  const graph = useCircuit((state) => state.graph);
  const { nodeCount, edgeCount } = usePruning();
  const [asTable, setAsTable] = useState(false);
  if (!graph) return null;
  return (
    <section className="graph-panel" aria-label="Circuit">
      <header className="graph-head">
        <h2 className="heading">
          {counted(nodeCount, 'node')}, {counted(edgeCount, 'edge')}
          {!asTable && edgeCount > MAX_FAINT && `; the ${MAX_FAINT} strongest are drawn`}
        </h2>
        <GraphLegend graph={graph} />
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
