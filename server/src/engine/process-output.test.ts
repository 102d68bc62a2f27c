import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test, vi } from 'vitest';
import { lastWords, lineLevel, ProcessOutput } from './process-output.ts';

test.each([
  ['stderr', '2026-01-31 12:00:00.000001: I tensorflow/core/a.cc:1] oneDNN is on', 'debug'],
  ['stderr', '2026-01-31 12:00:00.000001: W tensorflow/core/a.cc:1] slow', 'warn'],
  ['stdout', '2026-01-31 12:00:00.000001: E tensorflow/core/a.cc:1] cuInit failed', 'error'],
  ['stderr', 'F0000 00:00:1767225600.123456    99 a.cc:1] Check failed', 'fatal'],
  ['stderr', 'I am not a log line', 'warn'],
  ['stdout', 'I am not one either', 'info'],
] as const)('%s "%s" is logged as %s', (stream, line, level) => {
  expect(lineLevel(stream, line)).toBe(level);
});

test('finds the line that says why', () => {
  expect(
    lastWords([
      'some warning',
      'file:///app/handlers.ts:12',
      "    throw new Error('no');",
      '          ^',
      '',
      'TypeError: the weights are gone',
      '    at load (file:///app/handlers.ts:12:9)',
      'Node.js v22.0.0',
    ]),
  ).toBe('TypeError: the weights are gone');
  expect(
    lastWords([
      '<--- Last few GCs --->',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      '----- Native stack trace -----',
      ' 1: 0xb9c1a8 node::OOMErrorHandler',
    ]),
  ).toMatch(/^FATAL ERROR: Reached heap limit/);
  expect(lastWords(['one', 'two', ''])).toBe('two');
  expect(lastWords([])).toBeUndefined();
});

test('logs line by line, whatever pieces the text comes in', async () => {
  const logger = { fatal: vi.fn(), error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const output = new ProcessOutput({ stdout, stderr }, logger);
  stdout.end();
  for (const piece of ['fatal: no li', 'brary\n\nby', 'e']) stderr.write(piece);
  stderr.end();
  await Promise.all([finished(stdout), finished(stderr)]);
  expect(logger.warn.mock.calls).toEqual([
    [{ event: 'engine output', stream: 'stderr' }, 'fatal: no library'],
    [{ event: 'engine output', stream: 'stderr' }, 'bye'],
  ]);
  expect(output.lastWords()).toBe('fatal: no library');
});
