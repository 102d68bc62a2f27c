import type { SourceInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { newRun } from '../stores/prompt/execute.ts';
import type { Run } from '../stores/prompt/run.ts';
import { runNotice, serverNotice } from './notice.ts';

const source = { id: '0-a' } as SourceInfo;
const active = {
  offsets: new Int32Array([0, 0]),
  feature: new Int32Array(),
  activation: new Float32Array(),
  reconstruction: { source: 0, error: [0], explainedVariance: [null], total: null },
};

function run(change: Partial<Run>): Run {
  return { ...newRun('demo', 'x'), sources: [source, source], activations: [], ...change };
}

test('a run that goes well is no notice', () => {
  for (const status of ['waiting', 'streaming', 'complete'] as const) {
    expect(runNotice(run({ status }))).toBeUndefined();
  }
  expect(runNotice(null)).toBeUndefined();
});

test('a cut run says how much of it is shown and can be tried again', () => {
  const notice = runNotice(run({ status: 'cut', activations: [active, undefined] }));
  expect(notice?.text).toContain('1 of 2 sources');
  expect(notice?.action).toBe('retry-run');
});

test('a failure that trying again cannot mend offers no retry', () => {
  const error = { code: 'LOUPE_PROMPT_TOO_LONG', message: '300 tokens, 256 fit.' } as const;
  const notice = runNotice(run({ status: 'failed', error }));
  expect(notice).toMatchObject({ text: error.message, code: error.code, action: undefined });
  const full = { code: 'LOUPE_QUEUE_FULL', message: 'Try again.' } as const;
  expect(runNotice(run({ status: 'failed', error: full }))?.action).toBe('retry-run');
});

test('a server that is away is told with its code', () => {
  const problem = { code: 'LOUPE_SERVER_UNREACHABLE', message: 'It does not answer.' } as const;
  expect(serverNotice(null, problem)).toMatchObject({ code: problem.code, action: 'retry-server' });
  expect(serverNotice(null, null)).toBeUndefined();
});
