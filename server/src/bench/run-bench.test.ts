import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { formatReport } from './format-report.ts';
import { Progress } from './progress.ts';
import { MEASURES } from './report.ts';
import { runBench } from './run-bench.ts';

const size = {
  layers: 2,
  heads: 2,
  dModel: 16,
  vocabulary: 300,
  context: 16,
  width: 64,
  active: 4,
};

test('measures a tiny random model at every length that fits, beside PyTorch where there is one', async () => {
  const said = new PassThrough();
  const report = await runBench(
    {
      models: [{ id: 'tiny', size }],
      tokens: [16, 8, 99],
      repeats: 2,
      pytorch: true,
      profile: false,
      backend: 'cpu',
    },
    new Progress(said),
  );
  const model = report.models[0]!;
  expect(model.shape).toMatchObject({ layers: 2, dModel: 16, dMlp: 64, vocabulary: 300 });
  expect(model.shape.sources).toHaveLength(4);
  expect(model.active).toBeGreaterThan(2);
  expect(model.active).toBeLessThan(8);

  const measured = model.rows.map(({ tokens, measure }) => `${tokens} ${measure}`).sort();
  const expected = [...MEASURES.map((measure) => `8 ${measure}`)];
  for (const measure of MEASURES) if (measure !== 'append') expected.push(`16 ${measure}`);
  expect(measured).toEqual(expected.sort());
  expect(String(said.read())).toContain('99 tokens are left out');

  const compared = 'version' in report.pytorch;
  for (const { measure, loupe, pytorch, pytorchWithError } of model.rows) {
    expect(loupe.samples).toHaveLength(2);
    expect(pytorch?.samples.length).toBe(compared && measure !== 'firstBatch' ? 2 : undefined);
    expect(pytorchWithError !== undefined).toBe(
      compared && measure !== 'firstBatch' && measure !== 'forward',
    );
  }
  expect(formatReport(report)).toMatch(/^ +8 +append one token .*%/m);
}, 60_000);
