import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatGpuReport } from '../../scripts/lib/gpu-check/report.mjs';
import { checkGpu } from '../../scripts/lib/gpu-check/run-gpu-check.mjs';
import {
  gpuSteps,
  judgeBench,
  judgeDevice,
  judgeTests,
} from '../../scripts/lib/gpu-check/steps.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';

const ended = { status: 0, signal: undefined, timedOut: false, stdout: '', stderr: '' };
const quiet = () => undefined;
const backend = { version: '2.21.0', device: 'NVIDIA H100', gpu: true };
const onGpu = { ...ended, stdout: JSON.stringify({ backend }) };
const onCpu = {
  ...ended,
  stdout: JSON.stringify({
    backend: { ...backend, device: 'CPU', gpu: false, note: 'The GPU is not used: no cuDNN.' },
  }),
};
const tests = {
  ...ended,
  stdout: '\n Test Files  16 passed (16)\n      Tests  278 passed (278)\n',
};
const table =
  'Loupe 0.1.0\nbeside PyTorch 2.13.0, NVIDIA H100, 1 threads, runs in turn\n64 forward 3';
const bench = { ...ended, stdout: table };

/** The check with made-up answers, in the order of the steps. */
const check = (gpu: string | undefined, ...answers: (typeof ended)[]) =>
  checkGpu({ gpu, steps: gpuSteps(), run: async () => answers.shift() ?? ended, tell: quiet });

test('a machine on which all is well', async () => {
  const { report, status } = await check('NVIDIA H100', ended, onGpu, tests, tests, bench, bench);
  expect(status).toBe(0);
  expect(report).toMatch(/^NVIDIA H100, Node \d/);
  expect(report).toMatch(
    /^passed +TensorFlow computes on the GPU +0 s {2}TensorFlow 2.21.0 on NVIDIA H100$/m,
  );
  expect(report).toMatch(
    /^passed +golden values, TF32 on, tolerances × 20 +0 s {2}278 passed \(278\)$/m,
  );
  expect(report).toContain('── speed beside PyTorch, TF32 off\nLoupe 0.1.0\n');
});

test('TensorFlow that falls back to the CPU is a failure, and nothing more is tried', async () => {
  const { report, status } = await check('NVIDIA H100', ended, onCpu, tests);
  expect(status).toBe(1);
  expect(report).toMatch(/^FAILED +TensorFlow computes on the GPU .*no cuDNN/m);
  expect(report).toMatch(/^not done +golden values, TF32 off$/m);
});

test('golden values that are missed are told, and the rest is still done', async () => {
  const failing = {
    ...ended,
    status: 1,
    stdout: ' FAIL  tests/golden/logits.test.ts > ioi\n      Tests  1 failed | 277 passed (278)\n',
  };
  const { report, status } = await check('NVIDIA H100', ended, onGpu, failing, tests, bench, bench);
  expect(status).toBe(1);
  expect(report).toMatch(/^FAILED +golden values, TF32 off +0 s {2}1 failed \| 277 passed/m);
  expect(report).toContain('FAIL  tests/golden/logits.test.ts > ioi');
  expect(report).toMatch(/^passed +speed beside PyTorch, TF32 on/m);
});

test('without PyTorch on the GPU the check is incomplete', async () => {
  const alone = {
    ...ended,
    stdout: 'no PyTorch beside it: python3: torch finds no GPU\n64 forward 3',
  };
  const { report, status } = await check('NVIDIA H100', ended, onGpu, tests, tests, alone, alone);
  expect(status).toBe(3);
  expect(report).toMatch(/^not done +speed beside PyTorch, TF32 off .*torch finds no GPU$/m);
});

test('programs that fail or hang are failures', () => {
  const broken = { ...ended, status: 1, stderr: 'Error: out of memory\n  at x' };
  for (const judge of [judgeDevice, judgeTests, judgeBench]) {
    expect(judge(broken)).toMatchObject({ status: 'failed', detail: 'Error: out of memory' });
  }
  expect(judgeTests({ ...ended, timedOut: true }).status).toBe('failed');
  expect(judgeBench({ ...ended, timedOut: true }).status).toBe('failed');
});

test('TF32 is off unless a step says otherwise, and then tolerances are wider', () => {
  for (const { title, env } of gpuSteps().slice(2)) {
    expect(env.NVIDIA_TF32_OVERRIDE).toBe(title.includes('TF32 on') ? '1' : '0');
  }
  expect(
    formatGpuReport(
      'x',
      [],
      gpuSteps().map(({ title }) => title),
    ),
  ).toContain('not done');
});

test('a machine without a GPU says plainly that nothing could be checked', () => {
  // An empty PATH has no nvidia-smi, on whatever machine this runs.
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(projectRoot, 'scripts/check-gpu.mjs')],
    { env: { ...process.env, PATH: '/nowhere' }, encoding: 'utf8' },
  );
  expect(status).toBe(3);
  expect(stdout).toContain('There is no NVIDIA GPU here');
  expect(stdout).toMatch(/^not done +TensorFlow set up for the GPU$/m);
  expect(stdout.split('\n').filter((line) => line.startsWith('not done'))).toHaveLength(6);
});
