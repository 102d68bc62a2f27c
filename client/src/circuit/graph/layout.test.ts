import type { AttributionGraph } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { layoutGraph, NODE_GAP } from './layout.ts';
import { rowLabel, rowOf } from './rows.ts';

const SCREEN = { width: 800, height: 600 };

/** A layout of all nodes but those whose ids are given, in a panel of this size. */
function laidOut(graph: AttributionGraph, screen = SCREEN, without: string[] = []) {
  const nodes = Uint8Array.from(graph.nodes, ({ id }) => (without.includes(id) ? 0 : 1));
  const influence = Float64Array.from(graph.nodes, (_, index) => index);
  const labels = graph.tokens.map(() => 30);
  return layoutGraph(graph, { nodes }, influence, labels, screen);
}

/** So many MLP features at one token of the small graph. */
function crowded(count: number): AttributionGraph {
  const graph = smallGraph();
  const [feature] = graph.nodes.filter(({ kind }) => kind === 'mlp');
  const crowd = Array.from({ length: count }, (_, index) => ({
    ...feature,
    id: `0_${index}_1`,
    feature: index,
  }));
  return { ...graph, nodes: [...graph.nodes, ...crowd] as AttributionGraph['nodes'] };
}

test('tokens go across, layers up', () => {
  const graph = smallGraph();
  const { x, y, columns, rows } = laidOut(graph);
  for (const [index, node] of graph.nodes.entries()) {
    const row = rows[rowOf(node, graph.layers)];
    expect(y[index]).toBeGreaterThan(row?.from ?? 0);
    expect(y[index]).toBeLessThan(row?.to ?? 0);
    const column = columns[node.position];
    if (node.kind === 'bias') {
      expect(x[index]).toBeLessThan(columns[0]?.from ?? 0);
      continue;
    }
    expect(x[index]).toBeGreaterThan(column?.from ?? 0);
    expect(x[index]).toBeLessThan(column?.to ?? 0);
  }
  expect(y.at(-1)).toBeLessThan(y[0] as number);
  expect(rows.map((_, row) => rowLabel(row, graph.layers))).toEqual([
    'token',
    'L0 attn',
    'L0 MLP',
    'L1 attn',
    'L1 MLP',
    'logit',
  ]);
});

test('what is not kept has no place', () => {
  const graph = smallGraph();
  const { x, shown } = laidOut(graph, SCREEN, ['err_0_1', 'bias']);
  const gone = graph.nodes.findIndex(({ id }) => id === 'err_0_1');
  expect(x[gone]).toBeNaN();
  expect(Array.from(shown)).not.toContain(gone);
  expect(shown).toHaveLength(graph.nodes.length - 2);
});

test('a small graph fills its panel', () => {
  const { width, height } = laidOut(smallGraph(), { width: 400, height: 500 });
  expect(width).toBeCloseTo(400);
  expect(height).toBeCloseTo(500);
});

test('a column is as wide as what it holds, and no two nodes stand on one place', () => {
  const graph = crowded(90);
  const { x, y, columns, shown } = laidOut(graph);
  const [, crowd, other] = columns.map(({ from, to }) => to - from);
  expect(crowd).toBeGreaterThan((other as number) + 6 * NODE_GAP);
  const places = new Set(Array.from(shown, (node) => `${x[node]} ${y[node]}`));
  expect(places.size).toBe(shown.length);
  for (const a of shown) {
    for (const b of shown) {
      if (a === b || rowOf(graph.nodes[a] as never, 2) !== rowOf(graph.nodes[b] as never, 2))
        continue;
      const far = Math.hypot(
        (x[a] as number) - (x[b] as number),
        (y[a] as number) - (y[b] as number),
      );
      expect(far).toBeGreaterThan(10);
    }
  }
});

test('the most influential of a cell stands first, errors last', () => {
  const graph = crowded(5);
  const { x } = laidOut(graph);
  const first = graph.nodes.length - 1;
  const error = graph.nodes.findIndex(({ kind }) => kind === 'mlp-error');
  const inCell = graph.nodes.flatMap((node, index) =>
    rowOf(node, 2) === 2 && node.position === 1 ? [index] : [],
  );
  const across = inCell.toSorted((a, b) => (x[a] as number) - (x[b] as number));
  expect(across[0]).toBe(first);
  expect(across.at(-1)).toBe(error);
});

test('logits leave each other room for their names, the likeliest first', () => {
  const graph = smallGraph();
  const logit = graph.nodes.at(-1);
  const others = [0.02, 0.5, 0.1].map((probability, index) => ({
    ...logit,
    id: `3_${index}_2`,
    feature: index,
    probability,
  }));
  const nodes = [...graph.nodes, ...others] as AttributionGraph['nodes'];
  const { x } = laidOut({ ...graph, nodes });
  const across = Array.from(x.slice(-4));
  // 0.9, 0.5, 0.1, 0.02
  const ranked = [across[0], across[2], across[3], across[1]] as number[];
  for (const [index, at] of ranked.entries()) {
    if (index > 0) expect(at - (ranked[index - 1] as number)).toBeGreaterThan(40);
  }
});
