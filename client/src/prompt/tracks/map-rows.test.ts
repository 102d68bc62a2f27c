import { expect, test } from 'vitest';
import { sourceOf } from '../../stores/prompt/run.fixture.ts';
import { mapLayout, rowAt } from './map-rows.ts';

const sources = [0, 1].flatMap((layer) => [sourceOf(layer, 'attention'), sourceOf(layer, 'mlp')]);

test('the last layer is on top, MLP above attention', () => {
  const { rows } = mapLayout(sources);
  expect(rows.map((row) => row.label)).toEqual(['L1 MLP', 'L1 attn', 'L0 MLP', 'L0 attn']);
  expect(rows.map((row) => row.source)).toEqual([3, 2, 1, 0]);
});

test('layers stand apart and rows do not overlap', () => {
  const { rows, height } = mapLayout(sources);
  expect(rows.map((row) => row.y)).toEqual([0, 22, 48, 70]);
  expect(height).toBe(92);
});

test('two sets of one kind are told apart by name', () => {
  const other = { ...sourceOf(0, 'mlp'), set: 'mlp-other', id: '0-mlp-other' };
  const labels = mapLayout([...sources, other]).rows.map((row) => row.label);
  expect(labels).toContain('L0 MLP mlp-demo');
  expect(labels).toContain('L0 MLP mlp-other');
  expect(labels).toContain('L1 MLP');
});

test('a point finds its row, or none between layers', () => {
  const layout = mapLayout(sources);
  expect(rowAt(layout, 0)).toBe(0);
  expect(rowAt(layout, 43)).toBe(1);
  expect(rowAt(layout, 45)).toBeUndefined();
  expect(rowAt(layout, 91)).toBe(3);
  expect(rowAt(layout, 92)).toBeUndefined();
});
