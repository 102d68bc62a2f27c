import { errorLine, lastLines } from '../run-command.mjs';

/**
 * What became of a step: `missing` if something that it needs is not there.
 *
 * @typedef {object} StepResult
 * @property {'passed' | 'failed' | 'missing'} status
 * @property {string} detail one line for people
 * @property {string} [text] what it printed that belongs into the report
 */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {boolean} [vital] true if no later step means anything without it
 * @property {string[]} command of Node, from the root of the project
 * @property {Record<string, string>} env
 * @property {number} timeoutMs
 * @property {(result: import('../run-command.mjs').CommandResult) => StepResult} judge
 */

const MINUTE = 60_000;
/** Rounds products to nothing less than float32, in TensorFlow and in PyTorch. */
const EXACT = { NVIDIA_TF32_OVERRIDE: '0' };
const ROUNDED = { NVIDIA_TF32_OVERRIDE: '1' };

/**
 * How much wider tolerances are with TF32, whose significands have 10 bits in place of 23: an activation
 * may then be off by 0.04 or 20 %, a logit by 0.02.
 */
export const TF32_LOOSENESS = 20;

const LOUPE = 'scripts/loupe.mjs';
const VITEST = 'node_modules/vitest/vitest.mjs';

/**
 * The whole check, in order.
 *
 * @returns {Step[]}
 */
export function gpuSteps() {
  const tensorflow = { LOUPE_BACKEND: 'tensorflow' };
  const goldens = (/** @type {string[]} */ ...files) => [
    VITEST,
    'run',
    '--project',
    'golden',
    ...files,
  ];
  return [
    {
      title: 'TensorFlow set up for the GPU',
      vital: true,
      command: ['scripts/setup-tensorflow.mjs'],
      env: {},
      timeoutMs: 60 * MINUTE,
      judge: judgeSetup,
    },
    {
      title: 'TensorFlow computes on the GPU',
      vital: true,
      command: [
        LOUPE,
        'bench',
        '--model',
        'demo',
        '--tokens',
        '16',
        '--repeats',
        '1',
        '--no-pytorch',
        '--json',
      ],
      env: tensorflow,
      timeoutMs: 5 * MINUTE,
      judge: judgeDevice,
    },
    {
      title: 'golden values, TF32 off',
      command: goldens(),
      env: { ...tensorflow, ...EXACT },
      timeoutMs: 30 * MINUTE,
      judge: judgeTests,
    },
    {
      title: `golden values, TF32 on, tolerances × ${TF32_LOOSENESS}`,
      command: goldens('logits', 'features'),
      env: { ...tensorflow, ...ROUNDED, LOUPE_GOLDEN_LOOSENESS: String(TF32_LOOSENESS) },
      timeoutMs: 10 * MINUTE,
      judge: judgeTests,
    },
    {
      title: 'speed beside PyTorch, TF32 off',
      command: [LOUPE, 'bench'],
      env: { ...tensorflow, ...EXACT },
      timeoutMs: 60 * MINUTE,
      judge: judgeBench,
    },
    {
      title: 'speed beside PyTorch, TF32 on',
      command: [LOUPE, 'bench', '--model', 'gpt2-small-size'],
      env: { ...tensorflow, ...ROUNDED },
      timeoutMs: 60 * MINUTE,
      judge: judgeBench,
    },
  ];
}

/** @type {Step['judge']} */
function judgeSetup({ status, stderr }) {
  const detail = lastLines(stderr);
  return { status: status === 0 ? 'passed' : 'failed', detail };
}

/** @type {Step['judge']} */
export function judgeDevice({ status, stdout, stderr }) {
  if (status !== 0) return { status: 'failed', detail: errorLine(stderr) };
  const { backend } = JSON.parse(stdout);
  const what = `TensorFlow ${backend.version} on ${backend.device}`;
  if (backend.gpu === true) return { status: 'passed', detail: what };
  return { status: 'failed', detail: backend.note ?? what };
}

/** @type {Step['judge']} */
export function judgeTests({ status, timedOut, stdout, stderr }) {
  if (timedOut) return { status: 'failed', detail: 'it took too long' };
  const counts = /^\s*Tests\s+(.+)$/m.exec(stdout)?.[1] ?? errorLine(stderr);
  if (status === 0) return { status: 'passed', detail: counts };
  const failures = stdout.split('\n').filter((line) => /^\s*FAIL\s/.test(line));
  return { status: 'failed', detail: counts, text: failures.join('\n') };
}

/** @type {Step['judge']} */
export function judgeBench({ status, timedOut, stdout, stderr }) {
  if (timedOut) return { status: 'failed', detail: 'it took too long' };
  if (status !== 0) return { status: 'failed', detail: errorLine(stderr) };
  const alone = /^no PyTorch beside it: (.*)$/m.exec(stdout)?.[1];
  if (alone !== undefined) {
    return { status: 'missing', detail: `no PyTorch on this GPU: ${alone}`, text: stdout };
  }
  const beside = /^beside (PyTorch .*), runs in turn$/m.exec(stdout)?.[1] ?? '';
  return { status: 'passed', detail: `beside ${beside}`, text: stdout };
}
