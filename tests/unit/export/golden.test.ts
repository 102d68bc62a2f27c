import { EXPORT_FORMATS, type ExportFormat, exportText, isTextFormat } from '@loupe/shared';
import { instance } from '@viz-js/viz';
import DOMPurify from 'dompurify';
import mermaid from 'mermaid';
import { expect, test } from 'vitest';
import { VIEWER_HASH, VIEWER_SCRIPT } from '../../../shared/src/export/viewer-script.ts';
import { ioiGraph } from './ioi-graph.ts';
import { counts, xmlElements } from './markup.ts';

Object.assign(DOMPurify, { addHook: () => undefined, sanitize: (text: string) => text });

const FORMATS = (Object.keys(EXPORT_FORMATS) as ExportFormat[]).filter(isTextFormat);

test.each(FORMATS)('%s of the whole graph is the golden file', async (format) => {
  const text = exportText(ioiGraph(), format, { title: 'Why “Mary”?' });
  // The viewer has a test of its own.
  const stable = text.replace(VIEWER_SCRIPT, () => '…').replace(VIEWER_HASH, '…');
  await expect(stable).toMatchFileSnapshot(`golden/ioi.${format}`);
});

test.each(['svg', 'dot', 'mmd'] as const)(
  '%s of the pinned circuit is the golden file',
  async (format) => {
    const options = { what: 'pinned', width: 'column', theme: 'dark', data: 'none' } as const;
    const text = exportText(ioiGraph(), format, options);
    await expect(text).toMatchFileSnapshot(`golden/ioi-pinned.${format}`);
  },
);

test('a figure draws each node that an edge joins once, and each edge that does not leave the bias', () => {
  const graph = ioiGraph();
  const elements = xmlElements(exportText(graph, 'svg'));
  const indices = (name: string) =>
    elements.flatMap(({ attributes }) => attributes[name] ?? []).map(Number);
  const drawn = indices('data-edge').sort((a, b) => a - b);
  const expected = Array.from(graph.edges.source.keys()).filter(
    (edge) => graph.nodes[graph.edges.source[edge] as number]?.kind !== 'bias',
  );
  expect(drawn).toEqual(expected);
  const joined = new Set(
    expected.flatMap((edge) => [graph.edges.source[edge], graph.edges.target[edge]]),
  );
  const nodes = indices('data-node');
  expect(new Set(nodes)).toEqual(joined);
  expect(nodes).toHaveLength(joined.size);
  const negative = expected.filter((edge) => (graph.edges.weight[edge] as number) < 0);
  const dashed = elements.filter(
    ({ attributes }) => 'data-edge' in attributes && 'stroke-dasharray' in attributes,
  );
  expect(dashed).toHaveLength(negative.length);
});

test('Graphviz lays the golden DOT out, every box and arrow in it', async () => {
  const viz = await instance();
  const svg = viz.renderString(exportText(ioiGraph(), 'dot', { what: 'pinned' }), {
    format: 'svg',
  });
  const classes = xmlElements(svg).map(({ attributes }) => attributes.class ?? '');
  const dot = exportText(ioiGraph(), 'dot', { what: 'pinned' });
  expect(counts(classes)).toMatchObject({
    node: dot.match(/^ {2}n\d+ \[/gm)?.length,
    edge: dot.match(/ -> /g)?.length,
  });
});

test('a whole graph as DOT has its layers in rows, and Graphviz fits it on a page', async () => {
  const graph = ioiGraph();
  const viz = await instance();
  const dot = exportText(graph, 'dot');
  const { objects } = viz.renderJSON(dot) as { objects: { name: string; pos?: string }[] };
  const heightOf = (start: string) =>
    objects.flatMap(({ name, pos }) => (name.startsWith(start) ? Number(pos?.split(',')[1]) : []));
  const rows = heightOf('row');
  expect(rows).toHaveLength(2 * graph.layers + 2);
  expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  // Marks of tokens, of which there is one line, stand at the height of their row.
  const tokens = [...dot.matchAll(/^ {2}(n\d+) \[.*shape="diamond"/gm)].map(([, name]) => name);
  expect(tokens.length).toBeGreaterThan(3);
  const heights = objects.flatMap(({ name, pos }) =>
    tokens.includes(name) ? Math.round(Number(pos?.split(',')[1])) : [],
  );
  expect(new Set(heights)).toEqual(new Set([Math.round(rows[0] as number)]));
  const svg = xmlElements(viz.renderString(dot, { format: 'svg' }))[0];
  expect(Number.parseFloat(svg?.attributes.width ?? '')).toBeLessThan(6.75 * 72 + 20);
  expect(Number.parseFloat(svg?.attributes.height ?? '')).toBeLessThan(9 * 72);
});

test.each(['graph', 'pinned'] as const)('Mermaid accepts the chart of the %s', async (what) => {
  const chart = exportText(ioiGraph(), 'mmd', { what });
  await expect(mermaid.parse(chart)).resolves.toMatchObject({ diagramType: 'flowchart-v2' });
});
