import { exitOnSignals } from '../clean-exit.mjs';
import { projectRoot } from '../project-root.mjs';
import { runCommand } from '../run-command.mjs';
import { say } from '../say.mjs';
import { nvidiaGpu } from '../tensorflow/nvidia-gpu.mjs';
import { exitStatus, formatGpuReport } from './report.mjs';
import { gpuSteps } from './steps.mjs';

/**
 * What the check is done with; tests put in their own.
 *
 * @typedef {object} Tools
 * @property {string | undefined} gpu name of the machine's GPU
 * @property {import('./steps.mjs').Step[]} steps
 * @property {(step: import('./steps.mjs').Step) => Promise<import('../run-command.mjs').CommandResult>} run
 * @property {(line: string) => void} tell
 */

/** The command `npm run check:gpu`. */
export async function runGpuCheck() {
  exitOnSignals();
  const { report, status } = await checkGpu({
    gpu: nvidiaGpu(),
    steps: gpuSteps(),
    run: ({ command, env, timeoutMs }) =>
      runCommand(process.execPath, command, {
        cwd: projectRoot,
        env: { ...process.env, NO_COLOR: '1', ...env },
        timeoutMs,
      }),
    tell: say,
  });
  console.log(report);
  process.exitCode = status;
}

/**
 * Does one step after another; without a GPU none of them.
 *
 * @param {Tools} tools
 * @returns {Promise<{ report: string, status: number }>}
 */
export async function checkGpu({ gpu, steps, run, tell }) {
  /** @type {import('./report.mjs').Done[]} */
  const done = [];
  let left = steps.map(({ title }) => title);
  if (gpu !== undefined) {
    for (const { title, vital, judge, ...step } of steps) {
      tell(`${title} …`);
      const started = performance.now();
      const result = judge(await run({ title, judge, ...step }));
      done.push({ title, seconds: (performance.now() - started) / 1000, result });
      left = left.slice(1);
      if (vital && result.status !== 'passed') break;
    }
  }
  const machine =
    gpu === undefined
      ? 'There is no NVIDIA GPU here that nvidia-smi could name: nothing of what follows could be checked.'
      : `${gpu}, Node ${process.versions.node}`;
  return { report: formatGpuReport(machine, done, left), status: exitStatus(done, left) };
}
