import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Progress } from '../progress.ts';
import { formatCircuits } from './format-circuits.ts';
import { runCircuitsBench } from './run-circuits-bench.ts';

const size = {
  layers: 2,
  heads: 2,
  dModel: 16,
  vocabulary: 300,
  context: 16,
  width: 64,
  active: 4,
};

test('measures graphs of a tiny random model in both modes, beside autograd where there is PyTorch', async () => {
  const report = await runCircuitsBench(
    {
      models: [{ id: 'tiny', size }],
      tokens: [12, 6, 99],
      repeats: 2,
      maxNodes: 10,
      pytorch: true,
      backend: 'cpu',
      memoryBytes: undefined,
    },
    new Progress(new PassThrough()),
  );
  const { rows, active } = report.models[0]!;
  expect(active).toBeGreaterThan(2);
  expect(rows.map(({ tokens, mode }) => `${tokens} ${mode}`)).toEqual([
    '6 features',
    '6 frozen',
    '12 features',
    '12 frozen',
  ]);
  const compared = 'version' in report.reference;
  for (const { loupe, best, autograd } of rows) {
    expect(loupe.samples).toHaveLength(2);
    expect(best.features).toBeGreaterThan(2);
    expect(best.features).toBeLessThanOrEqual(10);
    expect(best.edges).toBeGreaterThan(best.features);
    expect(best.quality.exactness).toBeLessThan(1e-3);
    const sum = Object.values(best.phases).reduce((all, part) => all + part, 0);
    expect(sum).toBeCloseTo(best.whole, 3);
    expect(autograd?.nodes).toBe(compared ? 10 : undefined);
  }
  expect(formatCircuits(report)).toMatch(/^ +12 +frozen .*\d/m);
}, 120_000);
