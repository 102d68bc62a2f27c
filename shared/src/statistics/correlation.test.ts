import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pearson, spearman } from './correlation.ts';

// Expected values: numpy.corrcoef and scipy.stats.spearmanr.
test('Pearson and Spearman, with ties', () => {
  const x = [1, 2, 3, 4, 5, 5];
  const y = [2, 1, 4, 3, 7, 20];
  expect(pearson(x, y)).toBeCloseTo(0.6859, 4);
  expect(spearman(x, y)).toBeCloseTo(0.8697, 4);
});

test('series that do not vary, and single pairs, have none', () => {
  expect(pearson([1, 1], [1, 2])).toBeNaN();
  expect(spearman([3], [4])).toBeNaN();
});

test('neither scale nor direction of the axes changes more than the sign', () => {
  const series = fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 2 });
  fc.assert(
    fc.property(series, (pairs) => {
      const x = pairs.map(([a]) => a);
      const y = pairs.map(([, b]) => b);
      for (const correlation of [pearson, spearman]) {
        const straight = correlation(x, y);
        const turned = correlation(
          x.map((a) => -2 * a),
          y,
        );
        if (Number.isNaN(straight)) expect(turned).toBeNaN();
        else expect(turned).toBeCloseTo(-straight, 6);
        expect(Math.abs(straight) <= 1 || Number.isNaN(straight)).toBe(true);
      }
    }),
  );
});
