import {
  type AttributionGraph,
  exportText,
  graphToSvg,
  readGraphJson,
  readSvgGraph,
  writeGraphJson,
} from '@loupe/shared';
import { instance } from '@viz-js/viz';
import DOMPurify from 'dompurify';
import fc from 'fast-check';
import mermaid from 'mermaid';
import { expect, test } from 'vitest';
import { hostileGraph, hostileGraphs, hostileText, NASTY } from './hostile-graphs.ts';
import { csvRows, xmlElements } from './markup.ts';

// Mermaid cleans what it draws with a DOM, which there is none of here: only its grammar is asked.
Object.assign(DOMPurify, { addHook: () => undefined, sanitize: (text: string) => text });

const options = fc.record({
  what: fc.constantFrom('graph' as const, 'pinned' as const),
  theme: fc.constantFrom('light' as const, 'dark' as const),
  width: fc.constantFrom('column' as const, 'page' as const, 1, 900),
  title: hostileText,
});

/** As it is once it has been through a file. */
function saved(graph: AttributionGraph) {
  return JSON.parse(JSON.stringify(writeGraphJson(graph)));
}

const SVG_ELEMENTS = new Set(
  'svg title desc metadata loupe:graph rect line path polygon g text'.split(' '),
);
const SVG_ATTRIBUTES = new Set(
  (
    'xmlns xmlns:loupe width height viewBox role points x y x1 y1 x2 y2 rx d fill ' +
    'fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linejoin transform ' +
    'font-family font-size font-weight text-anchor paint-order data-node data-edge'
  ).split(' '),
);

test('nothing in a graph becomes markup in its SVG, which opens again as the same graph', () => {
  fc.assert(
    fc.property(hostileGraphs, options, (graph, given) => {
      const svg = graphToSvg(graph, given);
      for (const { name, attributes } of xmlElements(svg)) {
        expect(SVG_ELEMENTS).toContain(name);
        for (const attribute of Object.keys(attributes))
          expect(SVG_ATTRIBUTES).toContain(attribute);
      }
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      const all = graphToSvg(graph, { ...given, data: 'all' });
      expect(saved(readSvgGraph(all))).toEqual(saved(readGraphJson(saved(graph))));
    }),
    { numRuns: 40 },
  );
});

test('GraphML is well-formed and has the nodes and edges, each value as it was', () => {
  fc.assert(
    fc.property(hostileGraphs, (graph) => {
      const elements = xmlElements(exportText(graph, 'graphml', { data: 'all' }));
      const named = (name: string) => elements.filter((element) => element.name === name);
      expect(named('node').map(({ attributes }) => attributes.id)).toEqual(
        graph.nodes.map(({ id }) => id),
      );
      expect(named('edge')).toHaveLength(graph.edges.weight.length);
      const names = new Set(['graphml', 'key', 'graph', 'data', 'node', 'edge']);
      for (const { name } of elements) expect(names).toContain(name);
    }),
    { numRuns: 40 },
  );
});

const DOT_STATEMENT =
  /^ {2}(?:\{ rank=same; n\d+(?:; n\d+)* \}|(?:(?:n|row|token|name)\d+(?: -> n\d+)?|graph|node|edge) \[(?:\w+=(?:\w+|"(?:[^"\\]|\\.)*") ?)+\];)$/;

test('no text in DOT leaves its quotes', () => {
  fc.assert(
    fc.property(hostileGraphs, options, (graph, given) => {
      const lines = exportText(graph, 'dot', given).trimEnd().split('\n');
      expect([lines.shift(), lines.pop()]).toEqual(['digraph loupe {', '}']);
      for (const line of lines) expect(line).toMatch(DOT_STATEMENT);
    }),
    { numRuns: 60 },
  );
});

test.each(NASTY)('Graphviz draws a graph whose texts are all %j', async (text) => {
  const graph = hostileGraph(new Array<string>(14).fill(text), [1, -2, 3, 4, -5], [0, 0]);
  const viz = await instance();
  const result = viz.render(exportText(graph, 'dot', { what: 'pinned' }), { format: 'json' });
  // It warns of characters whose width it does not know.
  expect(result.errors.filter(({ level }) => level !== 'warning')).toEqual([]);
  const { objects } = JSON.parse(result.output ?? '') as { objects: { name: string }[] };
  expect(objects.map(({ name }) => name)).toEqual(['n0', 'n1', 'n2', 'n3']);
});

test('Mermaid accepts the chart of any graph', async () => {
  await fc.assert(
    fc.asyncProperty(hostileGraphs, options, async (graph, given) => {
      const chart = exportText(graph, 'mmd', given);
      await expect(mermaid.parse(chart)).resolves.toMatchObject({ diagramType: 'flowchart-v2' });
      expect(chart).not.toMatch(/^\s*(click|%%\{|style )/m);
    }),
    { numRuns: 25 },
  );
});

test('no cell of the tables is a formula, and each reads back', () => {
  fc.assert(
    fc.property(hostileGraphs, (graph) => {
      const [head = [], ...rows] = csvRows(exportText(graph, 'nodes.csv', { data: 'all' }));
      expect(rows).toHaveLength(graph.nodes.length);
      for (const [at, row] of rows.entries()) {
        expect(row).toHaveLength(head.length);
        for (const name of ['id', 'source', 'token', 'label', 'group']) {
          expect(row[head.indexOf(name)]).not.toMatch(/^[=+\-@\t\r\n]/);
        }
        const node = graph.nodes[at] as (typeof graph.nodes)[number];
        const label = graph.view.labels[node.id] ?? node.label;
        expect(row[head.indexOf('label')]?.replace(/^'(?=[=+\-@\t\r\n])/, '')).toBe(label);
      }
      const edges = csvRows(exportText(graph, 'edges.csv', { data: 'all' })).slice(1);
      expect(edges.map((row) => Math.fround(Number(row[2])))).toEqual(
        Array.from(graph.edges.weight, (weight) => weight + 0),
      );
    }),
    { numRuns: 40 },
  );
});
