import { shareOf } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallRun } from '../../stores/prompt/run.fixture.ts';
import { mapShading } from './map-shade.ts';

test('activations have a scale for each kind, which special tokens do not stretch', () => {
  const { values, most } = mapShading(smallRun(), 'strongest');
  expect(most).toEqual({ attention: 4, mlp: 2, residual: 0 });
  expect(Array.from(values[0] as ArrayLike<number>)).toEqual([90, 4, 2, 0]);
});

test('counts share one scale', () => {
  const { most } = mapShading(smallRun(), 'count');
  expect(most).toEqual({ attention: 2, mlp: 2, residual: 2 });
});

test('errors share one scale', () => {
  const { values, most } = mapShading(smallRun(), 'error');
  expect(most.attention).toBe(0.5);
  expect(most.mlp).toBe(0.5);
  expect(Array.from(values[1] as ArrayLike<number>)).toEqual([0.9, 0.5, 0.25, 0.125]);
});

test('a source that has not arrived has no values', () => {
  const run = smallRun();
  const { values, most } = mapShading(
    { ...run, activations: [run.activations[0], undefined] },
    'strongest',
  );
  expect(values[1]).toBeUndefined();
  expect(most.mlp).toBe(0);
});

test('shares stay between nothing and the full colour', () => {
  expect(shareOf(1, 4)).toBe(0.25);
  expect(shareOf(90, 4)).toBe(1);
  expect(shareOf(1, 0)).toBe(0);
});
