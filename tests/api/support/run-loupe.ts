import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../server/dist/cli.js', import.meta.url));

type Environment = Record<string, string | undefined>;

/** Starts the `loupe` command with nothing of the caller's settings. */
export function startLoupe(
  args: readonly string[],
  environment: Environment = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(LOUPE|VITEST)/.test(name));
  return spawn(process.execPath, [CLI, ...args], {
    env: { ...Object.fromEntries(inherited), FORCE_COLOR: undefined, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the `loupe` command to its end. */
export async function runLoupe(args: readonly string[], environment: Environment = {}) {
  const child = startLoupe(args, environment);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, status: status as number | null };
}
