import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { escapeXml, svgTag as tag } from '../text/svg.ts';
import { edgeRows, type NodeRow, nodeRows, tabledGraph } from './tables.ts';

type Type = 'string' | 'int' | 'double' | 'boolean';

const NODE_TYPES: Record<Exclude<keyof NodeRow, 'id'>, Type> = {
  kind: 'string',
  layer: 'int',
  source: 'string',
  feature: 'int',
  position: 'int',
  token: 'string',
  activation: 'double',
  probability: 'double',
  influence: 'double',
  label: 'string',
  pinned: 'boolean',
  group: 'string',
};
const GRAPH_TYPES = { model: 'string', prompt: 'string' } as const;

/** A graph as GraphML, its attributes typed, for Gephi, Cytoscape, NetworkX and others. */
export function graphToGraphml(graph: AttributionGraph, options: ExportOptions = {}): string {
  const held = tabledGraph(graph, options);
  const lines = [
    ...keys('graph', GRAPH_TYPES),
    ...keys('node', NODE_TYPES),
    ...keys('edge', { weight: 'double' }),
    `<graph id="circuit" edgedefault="directed">`,
    ...Object.keys(GRAPH_TYPES).map((name) => data('graph', name, graph[name as 'model'])),
  ];
  for (const row of nodeRows(held)) {
    const values = Object.keys(NODE_TYPES).map((name) => data('node', name, row[name as 'kind']));
    lines.push(tag('node', { id: row.id }, values.join('')));
  }
  for (const { source, target, weight } of edgeRows(held)) {
    lines.push(tag('edge', { source, target }, data('edge', 'weight', weight)));
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${lines.join('\n')}
</graph>
</graphml>
`;
}

function keys(of: string, types: Readonly<Record<string, Type>>): string[] {
  return Object.entries(types).map(([name, type]) =>
    tag('key', { id: `${of}.${name}`, for: of, 'attr.name': name, 'attr.type': type }),
  );
}

function data(of: string, name: string, value: string | number | boolean | null): string {
  if (value === null) return '';
  return `<data key="${of}.${name}">${escapeXml(String(value))}</data>`;
}
