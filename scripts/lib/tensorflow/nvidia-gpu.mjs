import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LaunchError } from '../launch-error.mjs';

/**
 * The name of the machine's first NVIDIA GPU, if its driver answers.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function nvidiaGpu(env = process.env) {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/lib/wsl/lib'];
  const program = folders
    .map((folder) => join(folder, 'nvidia-smi'))
    .find((path) => existsSync(path));
  if (program === undefined) return undefined;
  try {
    const names = execFileSync(program, ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return names.trim().split('\n')[0] || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The builds of TensorFlow to try, best first: those that LOUPE_TENSORFLOW asks for, else those that fit
 * the machine. An image is built where there is no GPU, and used where there is one.
 *
 * @param {string | undefined} gpu the machine's
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {import('./target.mjs').Variant[]}
 * @throws LaunchError if LOUPE_TENSORFLOW is something else
 */
export function wantedVariants(gpu, env = process.env) {
  const wish = env.LOUPE_TENSORFLOW;
  if (wish === 'cpu' || wish === 'gpu') return [wish];
  if (wish) {
    throw new LaunchError(
      `LOUPE_TENSORFLOW is "${wish}". Set it to cpu or gpu, or leave it out to have what fits the machine.`,
    );
  }
  return gpu === undefined ? ['cpu'] : ['gpu', 'cpu'];
}
