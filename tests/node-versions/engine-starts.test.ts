import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { serverBuild } from '../../scripts/lib/build-server.mjs';
import { tensorflowIsSkipped } from '../../scripts/lib/prepare.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { runCommand } from '../../scripts/lib/run-command.mjs';
import { thisMachine, wheelTarget } from '../../scripts/lib/tensorflow/target.mjs';
import { nodeBinary } from './node-binary.ts';

const BACKENDS = ['tensorflow', 'wasm'] as const;
const OTHER_VERSIONS = [22, 24];
const hasOtherVersions = process.platform === 'linux' && process.arch === 'x64';

interface Answer {
  tokens: { text: string }[];
  next: { id: number }[];
  rows: number;
  complete: boolean;
}

/** Runs a prompt in a new engine under one Node.js. */
async function runPrompt(node: string, backend: string): Promise<Answer> {
  const cli = join(serverBuild(projectRoot), 'cli.js');
  const args = [cli, 'features', 'Hello', '--json'];
  const result = await runCommand(node, args, {
    cwd: projectRoot,
    env: { ...process.env, LOUPE_BACKEND: backend },
    timeoutMs: 300_000,
  });
  expect(result, result.stderr).toMatchObject({ status: 0 });
  return JSON.parse(result.stdout) as Answer;
}

function skipWithoutTensorflow(context: TestContext, backend: string) {
  if (backend !== 'tensorflow') return;
  if (tensorflowIsSkipped()) context.skip('LOUPE_SKIP_TENSORFLOW is set');
  const target = wheelTarget(thisMachine(), 'cpu');
  if ('unsupported' in target) context.skip(target.unsupported);
}

describe.each(BACKENDS)('on %s', (backend) => {
  let expected: Answer | undefined;

  test(`the engine starts under this Node.js, ${process.version}`, async (context) => {
    skipWithoutTensorflow(context, backend);
    expected = await runPrompt(process.execPath, backend);
    expect(expected.complete).toBe(true);
    expect(expected.rows).toBeGreaterThan(0);
    expect(expected.tokens.at(-1)?.text).toBe('Hello');
  });

  test.for(OTHER_VERSIONS)('and under Node.js %d, the same', async (major, context) => {
    skipWithoutTensorflow(context, backend);
    if (!hasOtherVersions) context.skip('npm has other Node.js versions for Linux on x86-64 only');
    expect(expected, 'the run under this Node.js').toBeDefined();
    const answer = await runPrompt(await nodeBinary(major), backend);
    expect(answer.rows).toBe(expected?.rows);
    expect(answer.next.map(({ id }) => id)).toEqual(expected?.next.map(({ id }) => id));
  });
});
