import type { AttributionGraph, GraphNode } from '@loupe/shared';
import { expect, test } from 'vitest';
import { type Change, headChange, nodeChange, relativeChanges, wireChange } from './changes.ts';

function node(id: string, position: number, more: Partial<GraphNode> = {}): GraphNode {
  const place = { kind: 'mlp', layer: 2, source: '2-mlp', feature: 7 } as const;
  return { id, ...place, position, activation: 4, label: '', ...more };
}

const FIRST = node('2_7_3', 3);
const SECOND = node('2_7_5', 5, { activation: 2 });
const ERROR = node('err_2_5', 5, { kind: 'mlp-error', feature: -1, activation: 1 });
const GRAPH = { nodes: [FIRST, SECOND, ERROR] } as unknown as AttributionGraph;

function everywhere(change: Change): Change {
  const { subject } = change;
  if (subject.what === 'head') throw new Error('heads have no node');
  return { ...change, subject: { ...subject, everywhere: true } };
}

test('changes as the API takes them', () => {
  expect(wireChange(nodeChange(FIRST))).toEqual({ feature: '2-mlp/7', positions: [3], scale: 0 });
  const set = { ...everywhere(nodeChange(FIRST)), how: { by: 'set', value: 6 } as const };
  expect(wireChange(set)).toEqual({ feature: '2-mlp/7', set: 6 });
  expect(wireChange(nodeChange(ERROR))).toEqual({
    error: 'mlp',
    layer: 2,
    positions: [5],
    scale: 0,
  });
  expect(wireChange(headChange('3.5'))).toEqual({ head: '3.5', scale: 0 });
});

test('what they mean to the nodes of a graph, one after another', () => {
  const double = { ...everywhere(nodeChange(FIRST)), how: { by: 'scale', value: 2 } as const };
  const again = { ...nodeChange(SECOND), how: { by: 'scale', value: 3 } as const };
  const set = { ...nodeChange(FIRST), how: { by: 'set', value: 6 } as const };
  expect([...(relativeChanges(GRAPH, [double, again, set]) ?? [])]).toEqual([
    [0, 0.5],
    [1, 5],
  ]);
  expect([...(relativeChanges(GRAPH, [everywhere(nodeChange(ERROR))]) ?? [])]).toEqual([[2, -1]]);
  expect(relativeChanges(GRAPH, [nodeChange(FIRST), headChange('1.2')])).toBeUndefined();
});
