import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { withLock } from '../../scripts/lib/lock.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const lockModule = pathToFileURL(join(projectRoot, 'scripts/lib/lock.mjs')).href;
const run = promisify(execFile);

/** A process id that has belonged to a process and does no more. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

function mustNotWait(): never {
  throw new Error('waits for a lock that nobody holds');
}

test('removes the lock after the work, and after work that fails', async () => {
  const path = join(folder, 'deep', 'a.lock');
  expect(await withLock(path, mustNotWait, async () => existsSync(path))).toBe(true);
  expect(existsSync(path)).toBe(false);
  const failing = withLock(path, mustNotWait, async () => {
    throw new Error('the work failed');
  });
  await expect(failing).rejects.toThrow('the work failed');
  expect(existsSync(path)).toBe(false);
});

test('lets one at a time work, and tells who waits for whom once', async () => {
  const path = join(folder, 'turns.lock');
  const order: string[] = [];
  const owners: (number | undefined)[] = [];
  let finish = () => {};
  const first = withLock(path, mustNotWait, async () => {
    order.push('first begins');
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    order.push('first ends');
  });
  const second = withLock(
    path,
    (owner) => {
      owners.push(owner);
      finish();
    },
    async () => void order.push('second'),
  );
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second']);
  expect(owners).toEqual([process.pid]);
});

test.each([
  ['a process that has died', () => ({ pid: deadPid(), host: hostname() })],
  [
    'a process whose id another has now',
    () => ({ pid: process.pid, host: hostname(), started: '1' }),
  ],
])('takes over the lock of %s', async (_, owner) => {
  const path = join(folder, 'stale.lock');
  writeFileSync(path, JSON.stringify(owner()));
  expect(await withLock(path, mustNotWait, async () => 'done')).toBe('done');
});

test('takes over a lock from another machine, or one cut off, only when it is old', async () => {
  for (const content of [JSON.stringify({ pid: 1, host: 'elsewhere' }), '{"pid":']) {
    const path = join(folder, 'old.lock');
    writeFileSync(path, content);
    let waited = 0;
    await withLock(
      path,
      () => {
        waited++;
        const longAgo = new Date(Date.now() - 3_600_000);
        utimesSync(path, longAgo, longAgo);
      },
      async () => {},
    );
    expect(waited).toBe(1);
  }
});

test('keeps several processes from losing each other’s work', { timeout: 60_000 }, async () => {
  const path = join(folder, 'counter.lock');
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  // Each finds the lock of a dead owner first, so that all race to take it over.
  writeFileSync(path, JSON.stringify({ pid: deadPid(), host: hostname() }));
  const program = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(lockModule)};
    for (let i = 0; i < 3; i++) {
      await withLock(${JSON.stringify(path)}, () => {}, async () => {
        const value = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await sleep(3);
        writeFileSync(${JSON.stringify(counter)}, String(value + 1));
      });
    }`;
  const args = ['--input-type=module', '-e', program];
  await Promise.all(Array.from({ length: 5 }, () => run(process.execPath, args)));
  expect(readFileSync(counter, 'utf8')).toBe('15');
  expect(existsSync(path)).toBe(false);
});

test('leaves no lock behind when the process exits while working', async () => {
  const path = join(folder, 'exit.lock');
  const program = `
    import { withLock } from ${JSON.stringify(lockModule)};
    await withLock(${JSON.stringify(path)}, () => {}, async () => process.exit(3));`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
  expect(status).toBe(3);
  expect(existsSync(path)).toBe(false);
});
