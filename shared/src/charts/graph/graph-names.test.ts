import { expect, test } from 'vitest';
import { smallGraph } from '../../graph/fixtures/small-graph.ts';
import { drawnAtView } from './drawn-parts.ts';
import { placeNames } from './graph-names.ts';
import { layoutGraph } from './layout-graph.ts';
import { nodeCaption } from './node-caption.ts';

const measure = (name: string) => name.length * 7;

function named(change: Partial<ReturnType<typeof smallGraph>['view']> = {}, width = 600) {
  const graph = smallGraph();
  graph.view = { ...graph.view, nodeThreshold: 1, edgeThreshold: 1, ...change };
  const { parts } = drawnAtView(graph);
  const stretchTo = () => ({ width, height: 400 });
  const layout = layoutGraph(graph, parts, { width, stretchTo, isTight: false, measure });
  return { graph, layout, names: placeNames(graph, parts, layout, measure) };
}

test('the logit and the most influential features have their names above them', () => {
  const { graph, layout, names } = named();
  expect(names.map(({ text }) => text)).toEqual(['·Mary 90.0 %', '1/213', '0/573']);
  for (const { node, y } of names) {
    expect(y).toBeLessThan((layout.y[node] as number) - (layout.size[node] as number) / 2);
  }
  expect(graph.nodes[names[0]?.node as number]?.kind).toBe('logit');
});

test('what the reader has named, pinned and chosen is named too, with what is known of it', () => {
  const { names } = named({
    labels: { '0_573_1': 'people', E_1290_1: 'the name' },
    pinned: ['err_0_1'],
    clicked: 'att_1_213_2',
  });
  expect(names.map(({ text }) => text)).toEqual([
    '·Mary 90.0 %',
    '1/213',
    'the name',
    'people',
    'L0 MLP error',
  ]);
});

test('a feature that the graph has a note on is captioned with it', () => {
  const graph = smallGraph();
  const feature = graph.nodes.find(({ kind }) => kind === 'mlp');
  if (!feature) throw new Error('the fixture has no feature');
  expect(nodeCaption({ ...feature, label: 'Mary, Anna' }, graph, measure)).toBe('0/573 Mary, Anna');
  expect(nodeCaption({ ...feature, label: 'x'.repeat(80) }, graph, measure)).toMatch(
    /^0\/573 x+…$/,
  );
});

test('names lie off marks and off each other, and end where the drawing does', () => {
  const { layout, names } = named({ pinned: ['err_0_1', 'att_1_213_2', 'P_1'] }, 60);
  const boxes = names.map(({ text, x, y, node }) => ({
    node,
    left: x - measure(text) / 2,
    right: x + measure(text) / 2,
    top: y - 9,
    bottom: y,
  }));
  for (const [at, box] of boxes.entries()) {
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.right).toBeLessThanOrEqual(Math.max(layout.width, measure('·Mary 90.0 %') + 4));
    for (const other of boxes.slice(at + 1)) {
      const apart = box.right <= other.left || other.right <= box.left;
      expect(apart || box.bottom <= other.top || other.bottom <= box.top).toBe(true);
    }
  }
});
