import { expect, test } from 'vitest';
import { sparklinePaths } from './sparkline.ts';

test('bars stand at their positions, the chosen one apart', () => {
  const paths = sparklinePaths({ positions: [1, 3], values: [2, 4] }, 4, 3, 4, 40, 10);
  expect(paths.bars).toBe('M10 5h9v5h-9z');
  expect(paths.chosen).toBe('M30 0h9v10h-9z');
  expect([paths.chosenX, paths.chosenWidth]).toEqual([30, 9]);
});

test('a short prompt has bars, not blocks', () => {
  expect(sparklinePaths({ positions: [0], values: [2] }, 1, 0, 2, 100, 10).chosen).toBe(
    'M0 0h9v10h-9z',
  );
});

test('a chosen position where nothing is active has a place and no bar', () => {
  const paths = sparklinePaths({ positions: [1], values: [2] }, 4, 0, 2, 40, 10);
  expect(paths.chosen).toBe('');
  expect(paths.chosenX).toBe(0);
});

test('values beyond the scale are cut at the top and faint ones stay visible', () => {
  const paths = sparklinePaths({ positions: [0, 1], values: [900, 0.001] }, 4, 3, 4, 40, 10);
  expect(paths.bars).toBe('M0 0h9v10h-9zM10 9h9v1h-9z');
});

test('a long prompt shows the strongest of the positions that share a pixel', () => {
  const positions = Array.from({ length: 1000 }, (_, t) => t);
  const values = positions.map((t) => (t === 503 ? 8 : 1));
  const { bars } = sparklinePaths({ positions, values }, 1000, 999, 8, 100, 16);
  expect(bars.match(/M/g)).toHaveLength(100);
  expect(bars).toContain('M50 0h1v16');
});

test('the chosen position of a long prompt stays inside the box', () => {
  const paths = sparklinePaths({ positions: [], values: [] }, 1024, 1023, 1, 100, 16);
  expect(paths.chosenX + paths.chosenWidth).toBeLessThanOrEqual(100);
});
