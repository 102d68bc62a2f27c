import { type GraphView, pinnedCircuit } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { groupMarked, renameBox, ungroupBox, unpinBox } from './group-edits.ts';

const graph = smallGraph();
const MLP = '0_573_1';
const ATTENTION = 'att_1_213_2';
const start: GraphView = { ...graph.view, pinned: [MLP, ATTENTION, '3_1290_2'] };

function boxOf(view: GraphView, label: string) {
  const found = pinnedCircuit({ ...graph, view }).boxes.find((box) => box.label === label);
  if (!found) throw new Error(`no box is called ${label}`);
  return found;
}

test('a group is drawn as one box, and each node is in one group only', () => {
  const one = groupMarked(start, [MLP, ATTENTION], 'name mover');
  expect(boxOf(one, 'name mover').nodes).toHaveLength(2);
  const two = groupMarked(one, [MLP], 'names');
  expect(two.groups).toEqual([
    { label: 'name mover', members: [ATTENTION] },
    { label: 'names', members: [MLP] },
  ]);
});

test('two groups of one name are told apart', () => {
  const two = groupMarked(groupMarked(start, [MLP], 'names'), [ATTENTION], 'names');
  expect(two.groups.map(({ label }) => label)).toEqual(['names', 'names 2']);
  const renamed = renameBox(two, boxOf(two, 'names 2'), 'names');
  expect(renamed.groups.map(({ label }) => label)).toEqual(['names', 'names 2']);
  // Grouping the same nodes again under the same name is no clash.
  expect(groupMarked(two, [MLP], 'names').groups.at(-1)?.label).toBe('names');
});

test('a renamed group stays where it was put', () => {
  const placed = {
    ...groupMarked(start, [MLP], 'names'),
    places: { names: [4, 5] as [number, number] },
  };
  const renamed = renameBox(placed, boxOf(placed, 'names'), 'people');
  expect(renamed.places).toEqual({ people: [4, 5] });
  expect(renameBox(placed, boxOf(placed, 'names'), '')).toBe(placed);
});

test('ungrouping leaves the nodes pinned, unpinning takes them all', () => {
  const grouped = groupMarked(start, [MLP, ATTENTION], 'both');
  const box = boxOf(grouped, 'both');
  expect(ungroupBox(grouped, box)).toMatchObject({ groups: [], pinned: start.pinned });
  expect(unpinBox(grouped, box)).toMatchObject({ groups: [], pinned: ['3_1290_2'] });
});
