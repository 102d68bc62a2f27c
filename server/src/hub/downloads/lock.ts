import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoupeError } from '@loupe/shared';
import { lock } from 'proper-lockfile';

/** How long after its last sign of life the owner of a lock counts as gone, in milliseconds. */
const STALE_MS = 5000;
const LOOK_MS = 250;

/**
 * Does work that one process at a time may do. The lock of a process that was killed is taken over
 * some seconds later.
 *
 * @param path of the lock; its folder is made
 * @param onWait called once if another process has it
 * @param work its signal also aborts if the lock is lost, as when the machine slept for long
 */
export async function withLock<T>(
  path: string,
  onWait: () => void,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lost = new AbortController();
  const unlock = await take(path, onWait, signal, () => {
    const message = 'The computer slept for long, and another process has gone on. Try again.';
    lost.abort(new LoupeError('LOUPE_DOWNLOAD_FAILED', message));
  });
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    // It may be lost already.
    await unlock().catch(() => undefined);
  }
}

async function take(
  path: string,
  onWait: () => void,
  signal: AbortSignal,
  onCompromised: () => void,
): Promise<() => Promise<void>> {
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      return await lock(path, { realpath: false, stale: STALE_MS, onCompromised });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ELOCKED') throw thrown;
    }
    if (tries === 0) onWait();
    await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
