import { expect, test } from 'vitest';
import { formatReport } from './format-report.ts';
import type { BenchReport } from './report.ts';
import { summarize } from './summary.ts';

const report: BenchReport = {
  loupe: '0.1.0',
  date: '2026-01-01T00:00:00.000Z',
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memoryBytes: 8e9,
    load: 0.25,
    platform: 'linux x64',
    node: '20.19.0',
  },
  backend: { name: 'tensorflow', version: '2.21.0', device: 'CPU', threads: 2, gpu: false },
  pytorch: { version: '2.13.0', threads: 2, device: 'CPU', libraries: null },
  repeats: 3,
  models: [
    {
      id: 'small',
      shape: {
        layers: 1,
        heads: 1,
        dModel: 8,
        dMlp: 32,
        context: 128,
        vocabulary: 100,
        sources: [
          { layer: 0, hook: 'in', outputHook: 'out', dIn: 8, dOut: 8, width: 512 },
          { layer: 0, hook: 'in', outputHook: 'out', dIn: 8, dOut: 8, width: 512 },
        ],
      },
      active: 12.34,
      weightBytes: 2e9,
      memory: { held: 2.2e9, peak: 2.5e9, process: 2.75e9 },
      store: { bytes: 2.4e9, reading: 800, loading: 1200, note: 'Too little memory.' },
      rows: [
        {
          tokens: 64,
          measure: 'append',
          loupe: summarize([10, 11, 12]),
          pytorch: summarize([22]),
          share: 0.11,
        },
        {
          tokens: 64,
          measure: 'endToEnd',
          loupe: summarize([90, 100, 110]),
          pytorch: summarize([125]),
          pytorchWithError: summarize([200]),
          gigaflops: 123.4,
        },
      ],
      products: [{ rows: 64, time: summarize([5]), gigaflops: 200, gigabytes: 15 }],
      profiles: [
        {
          tokens: 64,
          measure: 'endToEnd',
          milliseconds: 100,
          rows: [
            { op: 'MatMul', shape: '64 × 512', calls: 2, milliseconds: 80 },
            { op: 'Add', shape: '64 × 512', calls: 2, milliseconds: 0.5 },
          ],
        },
      ],
    },
  ],
};

const words = (text: string) => text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));

test('prints a line for each piece of work, in the order of the work, with ratios to PyTorch', () => {
  const lines = words(formatReport(report));
  const first = lines.indexOf('64 end to end 100 95.0 to 105 123 125 0.80 200 0.50');
  expect(first).toBeGreaterThan(0);
  expect(lines[first + 1]).toBe('64 append one token 11.0 10.5 to 11.5 11 % 22.0 0.50');
});

test('prints memory beside the weights, and the product alone', () => {
  const lines = words(formatReport(report));
  expect(lines).toContain('store: 2.40 GB of files, plain reading 0.80 s, loading 1.20 s (1.50 ×)');
  expect(lines).toContain('Too little memory.');
  expect(lines).toContain(
    'memory: weights 2.00 GB, held 2.20 GB (1.10 ×), peak 2.50 GB (1.25 ×), the process at most 2.75 GB',
  );
  expect(lines).toContain(
    'product alone, [64, 8] × [8, 512]: 5.00 ms, 200 GFLOP/s, 15 GB/s of matrix read',
  );
});

test('adds up small ops of a profile, and what JavaScript took', () => {
  const lines = words(formatReport(report));
  expect(lines).toContain('80.0 80 % 2 MatMul 64 × 512');
  expect(lines).toContain('0.50 1 % 2 other ops');
  expect(lines).toContain('19.5 20 % JavaScript');
});

test('says so when the machine was busy with something else', () => {
  expect(formatReport(report)).not.toContain('too busy');
  const machine = { ...report.machine, load: 1.5 };
  expect(formatReport({ ...report, machine })).toContain('it began 1.5: too busy');
});

test('without PyTorch says why, and leaves its columns out', () => {
  const text = formatReport({ ...report, pytorch: { reason: 'no Python was found' } });
  expect(text).toContain('no PyTorch beside it: no Python was found');
  expect(text).not.toContain('ratio');
});
