import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AttributionGraph, readGraphJson } from '@loupe/shared';
import { describe, expect, test } from 'vitest';
import { readCircuitTracerGraph } from '../../../server/src/graph-files/circuit-tracer.ts';
import type { TokenTexts } from '../../../server/src/graph-files/circuit-tracer-nodes.ts';
import { openGraphFile } from '../../../server/src/graph-files/open-graph-file.ts';
import { tokenTextsOf } from '../../../server/src/graph-files/token-texts.ts';
import { ModelStore } from '../../../server/src/hub/store.ts';
import { edgesToArrow, nodesToArrow } from '../../../server/src/render/arrow.ts';
import { graphToPng } from '../../../server/src/render/png.ts';
import { ioiGraph } from '../export/ioi-graph.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const store = new ModelStore([path('../../../data')]);

function finish<R>(work: Generator<unknown, R>): R {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

/** What circuit-tracer's own writer makes of the same graph. */
function written(): AttributionGraph {
  return readGraphJson(JSON.parse(readFileSync(path('circuit-tracer.json'), 'utf8')));
}

const place = ({ kind, layer, feature, position }: AttributionGraph['nodes'][number]) =>
  `${kind} ${layer} ${feature} ${position}`;

function edgesOf({ nodes, edges }: AttributionGraph): [string, number][] {
  const at = (index: number | undefined) => place(nodes[index as number] as never);
  return Array.from(edges.weight, (weight, edge): [string, number] => [
    `${at(edges.source[edge])} > ${at(edges.target[edge])}`,
    weight,
  ]).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe("circuit-tracer's Graph.to_pt", () => {
  const graph = finish(readCircuitTracerGraph(path('circuit-tracer.pt'), tokenTextsOf(store)));
  const expected = written();

  test('has the nodes that circuit-tracer writes, with their tokens', () => {
    expect(graph).toMatchObject({
      model: 'demo/transcoders',
      prompt: expected.prompt,
      tokens: expected.tokens,
      layers: 3,
      mode: 'frozen',
    });
    expect(graph.unused).toBeUndefined();
    expect(graph.nodes.map(place)).toEqual(expected.nodes.map(place));
    for (const [at, node] of graph.nodes.entries()) {
      const other = expected.nodes[at] as typeof node;
      expect(node.probability).toBe(other.probability);
      if (node.kind === 'mlp') expect(node.activation).toBeCloseTo(other.activation, 6);
      if (node.kind === 'logit') expect(node.label).toBe(other.label);
      else expect(node.influence).toBeCloseTo(other.influence as number, 5);
    }
  });

  test('has its edges', () => {
    expect(edgesOf(graph)).toEqual(edgesOf(expected).map(([ends, w]) => [ends, Math.fround(w)]));
  });

  test('loses the nodes that matter least where it has too many edges, and says so', () => {
    const most = graph.edges.weight.length - 1;
    const texts: TokenTexts = () => undefined;
    const pruned = finish(readCircuitTracerGraph(path('circuit-tracer.pt'), texts, most));
    const kept = new Set(pruned.nodes.map(({ id }) => id));
    const gone = graph.nodes.filter(({ id }) => !kept.has(id));
    expect(gone.length).toBeGreaterThan(0);
    for (const { influence } of gone) expect(influence).toBeGreaterThan(0.8);
    const features = pruned.nodes.filter(({ kind }) => kind === 'mlp');
    expect(features.filter(({ influence = 0 }) => influence <= 0.8).length).toBe(
      graph.nodes.filter(({ kind, influence = 1 }) => kind === 'mlp' && influence <= 0.8).length,
    );
    expect(pruned.unused?.join(' ')).toMatch(/texts of tokens.*edges are more than/);
    expect(pruned.tokens).toEqual(['⟨#4095⟩', '⟨#978⟩', '⟨#1290⟩']);
  });
});

test('whatever carries a graph is opened by what it is, not by its name', () => {
  const graph = ioiGraph();
  const folder = mkdtempSync(join(tmpdir(), 'loupe-test-'));
  try {
    const files: [string, Buffer][] = [
      ['nodes', nodesToArrow(graph)],
      ['edges', edgesToArrow(graph)],
      ['picture', graphToPng(graph, { scale: 1 })],
      ['json', readFileSync(path('../export/ioi.json'))],
    ];
    for (const [name, bytes] of files) {
      writeFileSync(join(folder, name), bytes);
      const opened = finish(openGraphFile(join(folder, name), tokenTextsOf(store)));
      expect(opened.prompt).toBe(graph.prompt);
      expect(opened.nodes.length).toBeGreaterThan(10);
    }
    const refused: [string, Buffer][] = [
      ['bare', nodesToArrow(graph, { data: 'none' })],
      ['cut', nodesToArrow(graph).subarray(0, 600)],
      ['text', Buffer.from('hello')],
      ['empty', Buffer.alloc(0)],
    ];
    for (const [name, bytes] of refused) {
      writeFileSync(join(folder, name), bytes);
      expect(() => finish(openGraphFile(join(folder, name), tokenTextsOf(store)))).toThrow(
        expect.objectContaining({ code: 'LOUPE_BAD_GRAPH' }),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
