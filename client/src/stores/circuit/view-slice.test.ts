import { beforeEach, expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { MAX_HISTORY } from './state.ts';
import { graphWithView, useCircuit } from './store.ts';

const get = useCircuit.getState;

beforeEach(() => get().show(smallGraph(), { from: 'file', name: 'small.json' }));

test('pins are undone and redone one by one', () => {
  get().togglePin('0_573_1');
  get().togglePin('att_1_213_2');
  get().undo();
  expect(get().view.pinned).toEqual(['0_573_1']);
  get().undo();
  get().undo();
  expect(get().view.pinned).toEqual([]);
  get().redo();
  get().redo();
  get().redo();
  expect(get().view.pinned).toEqual(['0_573_1', 'att_1_213_2']);
  get().togglePin('0_573_1');
  expect(get().view.pinned).toEqual(['att_1_213_2']);
});

test('what is done after an undo cannot be redone away', () => {
  get().togglePin('0_573_1');
  get().undo();
  get().togglePin('bias');
  get().redo();
  expect(get().view.pinned).toEqual(['bias']);
});

test('a slider that moves is one step, and moving it again is another', () => {
  const { nodeThreshold } = get().view;
  for (const value of [0.7, 0.6, 0.5]) get().change({ nodeThreshold: value }, 'nodes');
  get().settle();
  for (const value of [0.4, 0.3]) get().change({ nodeThreshold: value }, 'nodes');
  get().undo();
  expect(get().view.nodeThreshold).toBe(0.5);
  get().undo();
  expect(get().view.nodeThreshold).toBe(nodeThreshold);
});

test('a slider between two pins is a step of its own', () => {
  get().change({ nodeThreshold: 0.5 }, 'nodes');
  get().togglePin('bias');
  get().change({ nodeThreshold: 0.4 }, 'nodes');
  get().undo();
  expect(get().view).toMatchObject({ nodeThreshold: 0.5, pinned: ['bias'] });
});

test('choosing is no step, and is not undone', () => {
  get().togglePin('bias');
  get().choose('0_573_1');
  expect(get().past).toHaveLength(1);
  get().undo();
  expect(get().view).toMatchObject({ pinned: [], clicked: '0_573_1' });
});

test('history does not grow without end', () => {
  for (let i = 0; i <= MAX_HISTORY; i++) get().togglePin('bias');
  expect(get().past).toHaveLength(MAX_HISTORY);
});

test('a saved graph has the view of the reader, not the one that it came with', () => {
  get().togglePin('bias');
  expect(graphWithView()?.view.pinned).toEqual(['bias']);
  expect(get().graph?.view.pinned).toEqual([]);
});
