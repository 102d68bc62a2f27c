import { expect, test } from 'vitest';
import type { AttributionGraph } from '../../graph/attribution-graph.ts';
import { smallGraph } from '../../graph/fixtures/small-graph.ts';
import { drawnAtView, MAX_EDGES } from './drawn-parts.ts';
import { EDGE_STYLES } from './graph-edges.ts';
import { graphFigure } from './graph-figure.ts';
import { type GraphRoom, layoutGraph, NODE_GAP } from './layout-graph.ts';

const measure = (text: string) => text.length * 7;
const SCREEN: GraphRoom = {
  width: 800,
  stretchTo: () => ({ width: 800, height: 600 }),
  isTight: false,
  measure,
};

function laidOut(graph: AttributionGraph, room: Partial<GraphRoom> = {}) {
  const view = { ...graph.view, nodeThreshold: 1, edgeThreshold: 1 };
  const { parts } = drawnAtView({ ...graph, view });
  return { parts, layout: layoutGraph(graph, parts, { ...SCREEN, ...room }) };
}

/** The small graph with so many MLP features more at one token, each read by the attention feature. */
function crowded(count: number, position = 1): AttributionGraph {
  const graph = smallGraph();
  const feature = graph.nodes[4] as AttributionGraph['nodes'][number];
  const crowd = Array.from({ length: count }, (_, index) => ({
    ...feature,
    id: `0_${index}_${position}`,
    feature: index,
    position,
  }));
  const { source, target, weight } = graph.edges;
  const first = graph.nodes.length;
  // After the edges into node 6, before those into 7, from strong to weak; each comes from the token.
  const into = crowd.map((_, index) => [first + index, 6, 0.3 / (index + 1)] as const);
  const from = crowd.map((_, index) => [0, first + index, 1] as const);
  const old = Array.from(weight, (w, edge) => [source[edge], target[edge], w] as const);
  const all = [...old.slice(0, 6), ...into, ...old.slice(6), ...from] as [number, number, number][];
  return {
    ...graph,
    nodes: [...graph.nodes, ...crowd],
    edges: {
      source: Int32Array.from(all, ([end]) => end),
      target: Int32Array.from(all, ([, end]) => end),
      weight: Float32Array.from(all, ([, , w]) => w),
    },
  };
}

test('tokens go across, layers up', () => {
  const graph = smallGraph();
  const { layout } = laidOut(graph);
  const { x, y, columns, rows, row, shown } = layout;
  for (const index of shown) {
    const node = graph.nodes[index] as AttributionGraph['nodes'][number];
    const band = rows[row[index] as number];
    expect(y[index]).toBeGreaterThan(band?.from ?? 0);
    expect(y[index]).toBeLessThan(band?.to ?? 0);
    const column = columns[node.position];
    expect(x[index]).toBeGreaterThan(column?.from ?? 0);
    expect(x[index]).toBeLessThan(column?.to ?? 0);
  }
  expect(y[7]).toBeLessThan(y[0] as number);
  const labels = ['token', 'L0 attn', 'L0 MLP', 'L1 attn', 'L1 MLP', 'logit'];
  expect(rows.map(({ label }) => label)).toEqual(labels);
  expect(columns.map(({ label }) => label)).toEqual(['BOS', '·Mary', '·to']);
});

test('a layer is one row where attention has no nodes, and a row without nodes is thin', () => {
  const graph = smallGraph();
  const [, , , , , , attention] = graph.nodes;
  const frozen = graph.nodes.map((node) =>
    node === attention ? { ...node, kind: 'mlp' as const } : node,
  );
  expect(laidOut({ ...graph, nodes: frozen }).layout.rows.map(({ label }) => label)).toEqual([
    'token',
    'L0',
    'L1',
    'logit',
  ]);
  const { rows } = laidOut(graph).layout;
  const heights = rows.map(({ from, to }) => to - from);
  expect(rows.map(({ isEmpty }) => isEmpty)).toEqual([false, true, false, false, true, false]);
  expect(heights[1]).toBeLessThan((heights[2] as number) / 2);
});

test('tokens that nothing leaves and the bias are not drawn, unless the reader holds on to them', () => {
  const graph = smallGraph();
  const ids = ({ nodes, view }: AttributionGraph) => {
    const { parts } = drawnAtView({
      ...graph,
      nodes,
      view: { ...view, nodeThreshold: 1, edgeThreshold: 1 },
    });
    return nodes.filter((_, node) => parts.nodes[node] === 1).map(({ id }) => id);
  };
  const mute = {
    ...(graph.nodes[0] as AttributionGraph['nodes'][number]),
    id: 'E_9_0',
    position: 0,
  };
  const nodes = [...graph.nodes, mute];
  expect(ids({ ...graph, nodes })).not.toContain('E_9_0');
  expect(ids(graph)).not.toContain('bias');
  expect(ids({ ...graph, nodes, view: { ...graph.view, pinned: ['E_9_0'] } })).toContain('E_9_0');
  expect(ids({ ...graph, view: { ...graph.view, clicked: 'bias' } })).toContain('bias');
  const { layout } = laidOut({ ...graph, view: { ...graph.view, pinned: ['bias'] } });
  expect(layout.x[3]).toBeLessThan(layout.columns[0]?.from ?? 0);
});

test('a small graph fills its panel', () => {
  const stretchTo = () => ({ width: 400, height: 500 });
  const { width, height } = laidOut(smallGraph(), { width: 400, stretchTo }).layout;
  expect(width).toBeCloseTo(400);
  expect(height).toBeCloseTo(500);
});

test('a column is as wide as what it holds, and no two nodes stand on one place', () => {
  const graph = crowded(90);
  const { x, y, columns, shown, row } = laidOut(graph).layout;
  const [, crowd, other] = columns.map(({ from, to }) => to - from);
  expect(crowd).toBeGreaterThan((other as number) + 6 * NODE_GAP);
  for (const a of shown) {
    for (const b of shown) {
      if (a === b || row[a] !== row[b]) continue;
      const across = (x[a] as number) - (x[b] as number);
      expect(Math.hypot(across, (y[a] as number) - (y[b] as number))).toBeGreaterThan(10);
    }
  }
});

test('the most influential of a cell stands first and is largest, errors stand last', () => {
  const graph = crowded(5);
  const { x, size, row } = laidOut(graph).layout;
  const inCell = graph.nodes.flatMap((_, index) => (row[index] === 2 ? index : []));
  const across = inCell.toSorted((a, b) => (x[a] as number) - (x[b] as number));
  expect(across.map((index) => graph.nodes[index]?.id)).toEqual([
    '0_573_1',
    '0_0_1',
    '0_1_1',
    '0_2_1',
    '0_3_1',
    '0_4_1',
    'err_0_1',
  ]);
  const sizes = across.slice(0, -1).map((index) => size[index] as number);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
});

test('logits leave each other room for their names, the likeliest first', () => {
  const graph = smallGraph();
  const logit = graph.nodes.at(-1) as AttributionGraph['nodes'][number];
  const others = [0.02, 0.5, 0.1].map((probability, index) => ({
    ...logit,
    id: `3_${index}_2`,
    feature: index,
    probability,
  }));
  const { x } = laidOut({ ...graph, nodes: [...graph.nodes, ...others] }).layout;
  const across = Array.from(x.slice(-4));
  // 0.9, 0.5, 0.1, 0.02
  const ranked = [across[0], across[2], across[3], across[1]] as number[];
  for (const [index, at] of ranked.entries()) {
    if (index > 0)
      expect(at - (ranked[index - 1] as number)).toBeGreaterThan(measure('·Mary 10.0 %'));
  }
});

/** The small graph as the end of a prompt of so many tokens, in which the others have no nodes. */
function long(tokens: number): AttributionGraph {
  const graph = smallGraph();
  const shift = tokens - graph.tokens.length;
  return {
    ...graph,
    tokens: Array.from({ length: tokens }, (_, position) =>
      position < shift ? ' token' : (graph.tokens[position - shift] as string),
    ),
    nodes: graph.nodes.map((node) => ({ ...node, position: node.position + shift })),
  };
}

test('tokens without nodes are folded where all would not fit, and say how many they are', () => {
  const { columns } = laidOut(long(100)).layout;
  expect(columns.map(({ label }) => label)).toEqual(['⋯98', '·Mary', '·to']);
  expect(columns[0]).toMatchObject({ first: 0, last: 97 });
  expect(laidOut(long(10)).layout.columns).toHaveLength(10);
});

test('on paper a long prompt fits: labels are turned, cells grow higher, marks shrink', () => {
  const graph = crowded(200);
  const wide = laidOut(graph, { width: 150 }).layout;
  expect(wide.width).toBeGreaterThan(150);
  const stretchTo = () => ({ width: 150, height: 100 });
  const { width, x, shown, turned } = laidOut(graph, {
    width: 150,
    stretchTo,
    isTight: true,
  }).layout;
  expect(width).toBeLessThanOrEqual(150.01);
  expect(turned).toBe(true);
  for (const node of shown) expect(x[node]).toBeLessThan(150);
});

test('the page and the paper draw the same nodes and edges, in the same rows and the same order', () => {
  const graph = crowded(30);
  const { parts, layout } = laidOut(graph);
  const figure = graphFigure(graph, parts, { width: 400 });
  const marks = figure.items.flatMap((item) =>
    item.type === 'mark' && item.node !== undefined ? item : [],
  );
  expect(marks.map(({ node }) => node)).toEqual(Array.from(layout.shown));
  const curves = figure.items.flatMap((item) => (item.type === 'curve' ? item : []));
  expect(curves.map(({ edge }) => edge)).toEqual(Array.from(layout.edges.edge));
  expect(curves.map(({ width }) => width / 0.6)).toEqual(
    Array.from(layout.edges.style, (style) => expect.closeTo(EDGE_STYLES[style]?.width ?? 0, 6)),
  );
  // Rows stand above each other as on the page, and the marks are as large against each other.
  const byHeight = (y: (node: number) => number) =>
    Array.from(layout.shown)
      .sort((a, b) => y(b) - y(a) || a - b)
      .map((node) => layout.row[node]);
  const paperY = new Map(marks.map(({ node, y }) => [node, y]));
  expect(byHeight((node) => paperY.get(node) as number)).toEqual(
    byHeight((node) => layout.y[node] as number),
  );
  for (const { node, size } of marks)
    expect(size / 0.6).toBeCloseTo(layout.size[node as number] as number, 4);
});

test('of more edges than can be told apart the strongest are drawn, and it is said', () => {
  const graph = crowded(500);
  const { parts, layout } = laidOut(graph);
  expect(layout.edges.edge).toHaveLength(MAX_EDGES);
  expect(parts.edgeCount).toBe(1007);
  const figure = graphFigure(graph, parts, {});
  const texts = figure.items.flatMap((item) => (item.type === 'text' ? item.text : []));
  expect(texts).toContain('the 800 strongest of 1,007 edges are drawn');
});
