import { setTimeout as sleep } from 'node:timers/promises';
import { HubStatusError, mayPass } from './failures.ts';

export interface RetryOptions {
  /** Tries in a row without any gain. */
  attempts: number;
  /** The same where there is no answer at all; default `attempts`. */
  silentAttempts?: number;
  /** Milliseconds before the second try; it doubles from one to the next. */
  pauseMs: number;
  /** The longest wait, in milliseconds; a server that asks for more is not waited for. */
  longestPauseMs: number;
}

/** What is done against a hub that is busy or a network that is bad: some two minutes in all. */
export const PATIENT: RetryOptions = {
  attempts: 7,
  pauseMs: 1000,
  longestPauseMs: 120_000,
};

/**
 * Tries until it works, fails for good, or has failed too often in a row. `Retry-After` is kept to.
 *
 * @param work does the whole of it; its argument is to be called when it has gained something, and
 *   then failures are counted anew
 * @throws whatever the last try threw
 */
export async function withRetries<T>(
  work: (gained: () => void) => Promise<T>,
  { attempts, silentAttempts = attempts, pauseMs, longestPauseMs }: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await work(() => {
        failures = 0;
      });
    } catch (thrown) {
      signal.throwIfAborted();
      failures += 1;
      const asked = thrown instanceof HubStatusError ? thrown.retryAfterMs : undefined;
      const most = thrown instanceof HubStatusError ? attempts : silentAttempts;
      if (!mayPass(thrown) || failures >= most || (asked ?? 0) > longestPauseMs) throw thrown;
      const pause = Math.min(longestPauseMs, pauseMs * 2 ** (failures - 1));
      // Apart from each other, so that parallel files do not all come back at the same moment.
      const apart = pause * (0.5 + Math.random() / 2);
      const wait = asked === undefined ? apart : asked + Math.random() * pauseMs;
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
