import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * How to run npm: with the script of the npm that started this process or that came with this
 * Node.js, else by its name.
 *
 * @returns {{ file: string, args: string[], shell: boolean }}
 */
export function npmCommand() {
  const beside = dirname(process.execPath);
  const scripts = [
    process.env.npm_execpath ?? '',
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
  ];
  const script = scripts.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
  if (script) return { file: process.execPath, args: [script], shell: false };
  const windows = process.platform === 'win32';
  return { file: windows ? 'npm.cmd' : 'npm', args: [], shell: windows };
}
