import { readGraphJson, writeGraphJson } from '@loupe/shared';
import { Resvg } from '@resvg/resvg-js';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { graphOfPng } from '../../../server/src/render/png-chunks.ts';
import { renderGraph } from '../../../server/src/render/render-graph.ts';
import { hostileGraphs } from './hostile-graphs.ts';
import { ioiGraph } from './ioi-graph.ts';

test('a PNG is as large as it was asked for, says so in print, and carries the graph', async () => {
  const png = await renderGraph(ioiGraph(), 'png', { width: 'column', scale: 2 });
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  // 3.25 inches at 2 times 96 pixels.
  expect(png.readUInt32BE(16)).toBe(624);
  const resolution = png.indexOf('pHYs');
  expect(png.readUInt32BE(resolution + 4) * 0.0254).toBeCloseTo(192, 1);
  const graph = readGraphJson(JSON.parse(graphOfPng(png)));
  expect(graph.nodes.length).toBeGreaterThan(20);
  // Another reader takes it too: every checksum is right.
  const href = `data:image/png;base64,${png.toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image width="9" height="9" href="${href}"/></svg>`;
  expect(new Set(new Resvg(svg).render().pixels).size).toBeGreaterThan(1);
});

test('a PNG without a graph is refused', () => {
  expect(() => graphOfPng(Buffer.from('not a PNG'))).toThrow('carries no graph');
});

test('a picture that would fill the memory is refused', async () => {
  const rendering = renderGraph(ioiGraph(), 'png', { width: 5000, scale: 20 });
  await expect(rendering).rejects.toMatchObject({ code: 'LOUPE_BAD_REQUEST' });
});

test('the same graph gives the same PDF, its fonts in it and no picture', async () => {
  const pdf = await renderGraph(ioiGraph(), 'pdf', { width: 'page' });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  const text = pdf.toString('latin1');
  expect(text).toContain('/MediaBox [0 0 486 ');
  expect(text.match(/\/FontFile2/g)).toHaveLength(2);
  expect(text).not.toContain('/Subtype /Image');
  expect(await renderGraph(ioiGraph(), 'pdf', { width: 'page' })).toEqual(pdf);
});

test('Arrow holds every node and edge at full precision', async () => {
  const graph = ioiGraph();
  const nodes = tableFromIPC(await renderGraph(graph, 'nodes.arrow', { data: 'all' }));
  expect([...(nodes.getChild('id') ?? [])]).toEqual(graph.nodes.map(({ id }) => id));
  const source = [...(nodes.getChild('source') ?? [])];
  expect(source).toEqual(graph.nodes.map((node) => node.source ?? null));
  const edges = tableFromIPC(await renderGraph(graph, 'edges.arrow', { data: 'all' }));
  expect([...(edges.getChild('weight') ?? [])]).toEqual([...graph.edges.weight]);
});

test.each(['nodes.arrow', 'edges.arrow'] as const)(
  '%s is in the file format, which read_feather opens, and not a stream',
  async (format) => {
    const file = await renderGraph(ioiGraph(), format);
    expect(file.subarray(0, 8).toString('latin1')).toBe('ARROW1\0\0');
    expect(file.subarray(-6).toString('latin1')).toBe('ARROW1');
    expect(RecordBatchReader.from(file).open().isFile()).toBe(true);
  },
);

test('every text can be drawn', async () => {
  await fc.assert(
    fc.asyncProperty(hostileGraphs, async (graph) => {
      const png = await renderGraph(graph, 'png', { what: 'pinned', scale: 0.5, data: 'all' });
      const back = readGraphJson(JSON.parse(graphOfPng(png)));
      expect(back.nodes.map(({ label }) => label)).toEqual(
        readGraphJson(JSON.parse(JSON.stringify(writeGraphJson(graph)))).nodes.map(
          ({ label }) => label,
        ),
      );
      const pdf = await renderGraph(graph, 'pdf', { what: 'pinned' });
      expect(pdf.toString('latin1')).not.toMatch(/\/(JavaScript|JS|OpenAction|Launch|URI)\b/);
    }),
    { numRuns: 10 },
  );
});
