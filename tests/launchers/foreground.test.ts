import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const foreground = pathToFileURL(join(projectRoot, 'scripts/lib/foreground.mjs')).href;

const folder = temporaryFolder();

/** A program that says when it is there and when it is asked to end, and does so. */
function obedient(name: string): string {
  return `process.on('SIGTERM', () => { console.log('${name} closes'); process.exit(0); });
    setInterval(() => {}, 1000);
    console.log('${name} is there');
    require('node:fs').writeFileSync(${JSON.stringify(join(folder, name))}, '');`;
}

/** A program that fails once the other two are there. */
const failing = `setInterval(() => {
    if (require('node:fs').readdirSync(${JSON.stringify(folder)}).length === 2) process.exit(3);
  }, 10);`;

/** Runs programs side by side in a process of their own. */
function runTogether(programs: string[]): ChildProcess {
  const list = programs.map((program) => ({ args: ['-e', program] }));
  const program = `
    import { runInForeground } from ${JSON.stringify(foreground)};
    process.exitCode = await runInForeground(${JSON.stringify(list)});`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('when one of several programs ends, the others are asked to, and its status is theirs', async () => {
  const child = runTogether([obedient('a'), failing, obedient('b')]);
  const [output, [status]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  expect(status).toBe(3);
  const lines = output.trim().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines.slice(-2).sort()).toEqual(['a closes', 'b closes']);
});

test('a signal reaches all of them', async () => {
  const child = runTogether([obedient('a'), obedient('b')]);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (output.match(/is there/g)?.length === 2 && !output.includes('closes'))
      child.kill('SIGTERM');
  });
  const [status] = await once(child, 'close');
  expect(status).toBe(0);
  expect(output.trim().split('\n').slice(-2).sort()).toEqual(['a closes', 'b closes']);
});
