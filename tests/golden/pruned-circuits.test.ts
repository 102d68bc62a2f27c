import {
  type AttributionGraph,
  LoupeError,
  MAX_GRAPH_LINKS,
  Pruner,
  readGraphJson,
  selectGraph,
  writeGraphJson,
} from '@loupe/shared';
import { beforeAll, expect, test } from 'vitest';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { circuit, edgesByIds } from './circuit.ts';
import { loadDemo } from './model.ts';

const PROMPT = 'When Mary and John went to the store, John gave a drink to';

let model: LoadedModel;
let whole: AttributionGraph;
beforeAll(async () => {
  model = await loadDemo();
  whole = circuit(model, { prompt: PROMPT, maxNodes: 300, heads: true });
});

test('a pruned answer is the part of the whole that the thresholds keep, with its heads', () => {
  const pruned = circuit(model, {
    prompt: PROMPT,
    maxNodes: 300,
    heads: true,
    prune: { nodes: 0.6, edges: 0.9 },
  });
  const kept = new Pruner(whole).prune({ nodeThreshold: 0.6, edgeThreshold: 0.9 }, []);
  const expected = selectGraph(whole, kept.nodes, kept.edges);
  expect(pruned.nodes).toEqual(expected.nodes);
  expect(edgesByIds(pruned)).toEqual(edgesByIds(expected));
  expect([...(pruned.heads ?? [])].length).toBe([...(expected.heads ?? [])].length);
  expect(pruned.quality).toEqual({
    ...whole.quality,
    prunedNodes: whole.nodes.length - pruned.nodes.length,
    prunedEdges: whole.edges.weight.length - pruned.edges.weight.length,
  });
  expect(pruned.question).toEqual({ ...whole.question, prune: { nodes: 0.6, edges: 0.9 } });
  const back = readGraphJson(JSON.parse(JSON.stringify(writeGraphJson(pruned))));
  expect([back.quality, back.question]).toEqual([pruned.quality, pruned.question]);
});

test("circuit-tracer's thresholds are taken where none are named", () => {
  const { question } = circuit(model, { prompt: PROMPT, maxNodes: 20, prune: {} });
  expect(question?.prune).toEqual({ nodes: 0.8, edges: 0.98 });
});

const LONG = Array.from({ length: 250 }, (_, at) => 300 + 7 * at);

test('a graph of too many edges is refused before it is traced, with what would fit', () => {
  const events: string[] = [];
  const error = thrownBy(() =>
    circuit(model, { tokens: LONG, maxNodes: 0 }, ({ phase }) => events.push(phase)),
  );
  expect(error).toMatchObject({ code: 'LOUPE_GRAPH_TOO_LARGE', detail: { most: MAX_GRAPH_LINKS } });
  expect(events).not.toContain('trace');
});

test('what would fit, fits', (context) => {
  const backend = process.env.LOUPE_BACKEND;
  if (backend === 'wasm') context.skip('a minute there; the estimate is the same on any backend');
  const error = thrownBy(() => circuit(model, { tokens: LONG, maxNodes: 0 }));
  const { maxNodes } = error.detail as { maxNodes: number };
  const fitting = circuit(model, { tokens: LONG, maxNodes: Math.floor(0.8 * maxNodes) });
  expect(fitting.edges.weight.length).toBeLessThan(MAX_GRAPH_LINKS);
});

function thrownBy(work: () => unknown): LoupeError {
  try {
    work();
  } catch (error) {
    if (error instanceof LoupeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
