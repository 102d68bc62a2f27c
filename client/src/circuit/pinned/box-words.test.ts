import { pinnedParts } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { boxWords } from './box-words.ts';

const measure = (text: string) => text.length * 7;
const measures = { title: measure, detail: measure, weight: measure };

function drawn(view: Partial<ReturnType<typeof smallGraph>['view']>) {
  const graph = smallGraph();
  graph.view = { ...graph.view, ...view };
  return { graph, parts: pinnedParts(graph, measures) };
}

test('a group is one box with its name, kept in place by it, and its effects added up', () => {
  const { parts } = drawn({
    pinned: ['E_1290_1', '0_573_1', 'att_1_213_2', '3_1290_2'],
    groups: [{ label: 'names', members: ['E_1290_1', '0_573_1'] }],
  });
  expect(parts.boxes.map(({ key, title, mark }) => [key, title, mark])).toEqual([
    ['names', 'names', undefined],
    ['att_1_213_2', '1/213', 'attention'],
    ['3_1290_2', '·Mary', 'logit'],
  ]);
  expect(parts.arrows.map(({ text }) => text)).toEqual(['6.90', '4.40']);
});

test('boxes are as wide as their texts, and texts too long for a box are cut', () => {
  const { parts } = drawn({
    pinned: ['0_573_1', 'att_1_213_2'],
    labels: { '0_573_1': 'a name that goes on for longer than any box should be wide' },
  });
  const [long, short] = parts.boxes;
  expect(long?.title).toMatch(/^a name that .*…$/);
  expect(long?.width).toBeGreaterThan(short?.width ?? 0);
  expect(long?.width).toBeLessThanOrEqual(190);
});

test('effects too weak to be seen are left out and counted, but for the strongest of a box', () => {
  const { graph } = drawn({
    pinned: ['E_1290_1', '0_573_1', 'E_267_2', 'att_1_213_2', '3_1290_2'],
  });
  // ` Mary` → attention feature, beside what it does by way of the MLP feature; ` to` → logit alone.
  graph.edges.weight[4] = 0.05;
  graph.edges.weight[7] = -0.01;
  const { arrows, omitted } = pinnedParts(graph, measures);
  expect(arrows.map(({ text }) => text)).toEqual(['6.90', '4.80', '3.90', '−0.0100']);
  expect(omitted).toBe(1);
});

test('a box says what it reads from and writes to', () => {
  const { graph, parts } = drawn({ pinned: ['0_573_1', 'att_1_213_2', '3_1290_2'] });
  expect(boxWords(graph, parts, 1)).toMatch(
    /^1\/213, ·to 2, attention feature .*; reads from 0\/573 3\.90; writes to ·Mary 6\.90$/,
  );
});
