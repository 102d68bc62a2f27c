import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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
