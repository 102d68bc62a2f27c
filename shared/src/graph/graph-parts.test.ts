import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignPositions } from './align-positions.ts';
import type { GraphNode } from './attribution-graph.ts';
import { compareGraphs } from './compare.ts';
import { ConnectionIndex } from './connections.ts';
import { groupNodes, renameNode, togglePin, ungroupNodes } from './edit-view.ts';
import { arbitraryGraph } from './fixtures/arbitrary-graph.ts';
import { graphOf, type RandomGraph, randomGraphs } from './fixtures/random-graph.ts';
import { pinnedCircuit } from './pinned-circuit.ts';
import { Pruner } from './prune.ts';
import { selectGraph } from './select-graph.ts';
import { strongestPaths } from './strongest-paths.ts';
import { summarize } from './summary.ts';

const large = graphOf(randomGraphs[2] as RandomGraph);

test('a lower threshold keeps a part of what a higher one keeps', () => {
  fc.assert(
    fc.property(arbitraryGraph, fc.double({ min: 0, max: 1, noNaN: true }), (graph, threshold) => {
      const pruner = new Pruner(graph);
      const all = pruner.prune({ nodeThreshold: 1, edgeThreshold: 1 });
      const some = pruner.prune({ nodeThreshold: threshold, edgeThreshold: 1 });
      for (const [node, kept] of some.nodes.entries()) {
        if (kept === 1) expect(all.nodes[node]).toBe(1);
      }
    }),
  );
});

test('a pruned graph has no edge without its ends, and prunes to itself', () => {
  const pruner = new Pruner(large);
  const { nodes, edges, nodeCount, edgeCount } = pruner.prune({
    nodeThreshold: 0.8,
    edgeThreshold: 0.9,
  });
  const part = selectGraph(large, nodes, edges);
  expect(part.nodes.length).toBe(nodeCount);
  expect(part.edges.weight.length).toBe(edgeCount);
  const whole = new Pruner(part).prune({ nodeThreshold: 1, edgeThreshold: 1 });
  expect(whole.nodeCount).toBe(nodeCount);
});

test('shares of a node’s inputs add up to 1, and each edge is at both of its ends', () => {
  const index = new ConnectionIndex(large);
  let ends = 0;
  for (const node of large.nodes.keys()) {
    const { inputs, outputs } = index.of(node);
    if (inputs.length > 0) {
      expect(inputs.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    }
    ends += inputs.length + outputs.length;
  }
  expect(ends).toBe(2 * large.edges.weight.length);
});

test('all paths into a logit carry all of its influence', () => {
  const logit = large.nodes.findIndex(({ kind }) => kind === 'logit');
  const paths = strongestPaths(large, logit, 1e6);
  // Features without inputs end paths that start nowhere; their share is what is missing from 1.
  const start = new Set(paths.map(({ nodes }) => nodes[0] as number));
  for (const node of start) expect(large.nodes[node]?.kind).toMatch(/embedding|error/);
  const total = paths.reduce((sum, { share }) => sum + share, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(1 + 1e-9);
  const [best] = strongestPaths(large, logit, 1);
  expect(best?.share).toBe(Math.max(...paths.map(({ share }) => share)));
});

test('groups keep the total of the effects between boxes', () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const ids = graph.nodes.map(({ id }) => id);
      const total = (view: typeof graph.view) =>
        pinnedCircuit({ ...graph, view }).arrows.reduce((sum, { weight }) => sum + weight, 0);
      const pinned = { ...graph.view, pinned: ids, groups: [] };
      const grouped = groupNodes(pinned, ids.slice(0, 2), 'two');
      const [first, second] = graph.nodes;
      const inner = Array.from(graph.edges.weight.keys()).filter((edge) => {
        const source = graph.nodes[graph.edges.source[edge] as number];
        const target = graph.nodes[graph.edges.target[edge] as number];
        const both = [first, second];
        return both.includes(source as never) && both.includes(target as never);
      });
      const within = inner.reduce((sum, edge) => sum + (graph.edges.weight[edge] as number), 0);
      expect(total(grouped)).toBeCloseTo(total(pinned) - within, 3);
      expect(total(ungroupNodes(grouped, ids))).toBeCloseTo(total(pinned), 3);
    }),
  );
});

test('a pin, a group and a label come and go', () => {
  const { view } = large;
  const id = large.nodes[0]?.id as string;
  expect(togglePin(togglePin(view, id), id)).toEqual(view);
  expect(groupNodes(view, [id], 'g').pinned).toEqual([id]);
  expect(groupNodes(groupNodes(view, [id], 'g'), [id], 'h').groups).toEqual([
    { label: 'h', members: [id] },
  ]);
  expect(renameNode(renameNode(view, id, 'x'), id, '')).toEqual(view);
});

test('positions pair around what was put in or replaced', () => {
  expect([...alignPositions(['a', 'b', 'c'], ['a', 'x', 'c'])]).toEqual([0, 1, 2]);
  expect([...alignPositions(['a', 'c'], ['a', 'b', 'c'])]).toEqual([0, 2]);
  expect([...alignPositions(['a', 'b', 'c'], ['a', 'c'])]).toEqual([0, -1, 1]);
  expect([...alignPositions(['a', 'b'], ['c', 'd'])]).toEqual([0, 1]);
});

test('a graph held against itself differs in nothing', () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const tokens = graph.tokens.map((token, position) => `${token}${position}`);
      const { nodes, edges } = compareGraphs({ ...graph, tokens }, { ...graph, tokens });
      expect(nodes.every(({ a, b }) => a === b)).toBe(true);
      expect(edges.every(({ weightA, weightB }) => weightA === weightB)).toBe(true);
      expect(edges.length).toBe(graph.edges.weight.length);
    }),
  );
});

test('the summary names what is explained, its strongest cause and the scores', () => {
  const quality = { exactness: 2e-6, replacement: 0.62, completeness: 0.8, omittedInfluence: 0 };
  const target = large.nodes.find(({ kind }) => kind === 'logit');
  const nodes = large.nodes.map((node): GraphNode => {
    if (node === target) return { ...node, label: 'Output " x"' };
    return node.kind === 'logit' ? { ...node, kind: 'mlp' } : node;
  });
  const [first, second, ...rest] = summarize({ ...large, nodes, quality });
  expect(first).toBe('Output " x" after “t2” (2): probability 0.6, 1 above the mean logit.');
  expect(second).toMatch(/^Its strongest direct causes are .*of what reaches it\)\.$/);
  expect(rest.at(-1)).toContain('62 % of the influence (replacement score)');
  expect(rest.at(-1)).toContain('within 2e-6');
});
