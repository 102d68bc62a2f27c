import { expect, test } from 'vitest';
import { smallGraph } from '../circuit.fixture.ts';
import { boxWords } from './box-words.ts';
import { drawnCircuit } from './drawn-boxes.ts';

const measure = (text: string) => text.length * 7;
const measures = { title: measure, detail: measure };

function drawn(view: Partial<ReturnType<typeof smallGraph>['view']>) {
  const graph = smallGraph();
  graph.view = { ...graph.view, ...view };
  return { graph, circuit: drawnCircuit(graph, measures) };
}

test('a group is one box with its name, kept in place by it, and its effects added up', () => {
  const { circuit } = drawn({
    pinned: ['E_1290_1', '0_573_1', 'att_1_213_2', '3_1290_2'],
    groups: [{ label: 'names', members: ['E_1290_1', '0_573_1'] }],
  });
  expect(circuit.boxes.map(({ key, title, mark }) => [key, title, mark])).toEqual([
    ['names', 'names', undefined],
    ['att_1_213_2', '1/213', 'attention'],
    ['3_1290_2', 'Mary', 'logit'],
  ]);
  expect(circuit.arrows.map(({ weight }) => Number(weight.toFixed(2)))).toEqual([6.9, 4.4]);
});

test('boxes are as wide as their texts, and texts too long for a box are cut', () => {
  const { circuit } = drawn({
    pinned: ['0_573_1', 'att_1_213_2'],
    labels: { '0_573_1': 'a name that goes on for longer than any box should be wide' },
  });
  const [long, short] = circuit.boxes;
  expect(long?.title).toMatch(/^a name that .*…$/);
  expect(long?.width).toBeGreaterThan(short?.width ?? 0);
  expect(long?.width).toBeLessThanOrEqual(190);
});

test('a box says what it reads from and writes to', () => {
  const { graph, circuit } = drawn({ pinned: ['0_573_1', 'att_1_213_2', '3_1290_2'] });
  expect(boxWords(graph, circuit, 1)).toMatch(
    /^1\/213, ·to 2, attention feature .*; reads from 0\/573 3\.90; writes to Mary 6\.90$/,
  );
});
