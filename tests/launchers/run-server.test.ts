import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const root = temporaryFolder();
mkdirSync(join(root, 'server/dist'), { recursive: true });
symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
writeFileSync(join(root, 'package.json'), '{"type":"module"}');
const runServer = pathToFileURL(join(projectRoot, 'scripts/lib/run-server.mjs')).href;

/** Runs a made-up command line as the launchers run the real one. */
function launch(cli: string, args: string[] = []): ChildProcess {
  writeFileSync(join(root, 'server/dist/cli.js'), cli);
  const program = `
    import { runServer } from ${JSON.stringify(runServer)};
    process.exitCode = await runServer(${JSON.stringify(root)}, ${JSON.stringify(args)});`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ending(child: ChildProcess): Promise<unknown> {
  const [status] = await once(child, 'close');
  return status;
}

test('passes arguments on, and output and status back', async () => {
  const cli = `const words = process.argv.slice(2);
    console.log(JSON.stringify(words));
    process.exitCode = 7;`;
  const child = launch(cli, ['features', 'a "prompt"', '--json']);
  const [output, status] = await Promise.all([text(child.stdout!), ending(child)]);
  expect(output).toBe('["features","a \\"prompt\\"","--json"]\n');
  expect(status).toBe(7);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on and waits', async (signal) => {
  const cli = `process.on('${signal}', () => {
      console.log('closing');
      process.exit(5);
    });
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const child = launch(cli);
  const seen: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    seen.push(chunk.trim());
    if (chunk.includes('ready')) child.kill(signal);
  });
  expect(await ending(child)).toBe(5);
  expect(seen).toEqual(['ready', 'closing']);
});

test('ends as one that a signal has ended', async () => {
  const child = launch("process.kill(process.pid, 'SIGKILL');");
  expect(await ending(child)).toBe(137);
});
