import type { ErrorBody, ErrorCode, Health } from '@loupe/shared';
import { canBeRetried } from '../api/can-be-retried.ts';
import { countArrived } from '../stores/prompt/attempt.ts';
import type { Run } from '../stores/prompt/run.ts';

/** Something that went wrong: what it means, what to do, and whether trying again can help. */
export interface Notice {
  tone: 'bad' | 'warning';
  text: string;
  code: ErrorCode | undefined;
  action: 'retry-run' | 'retry-server' | undefined;
}

/** What is wrong with the server or its engine; undefined while they are well or only starting. */
export function serverNotice(health: Health | null, problem: ErrorBody | null): Notice | undefined {
  if (problem?.code === 'LOUPE_UNAUTHORIZED') {
    const text =
      'This server asks for its token. Open the page once with ?token=… after its address, the value of LOUPE_TOKEN there.';
    return { tone: 'bad', text, code: problem.code, action: 'retry-server' };
  }
  if (problem) {
    const text = `${problem.message} What is on screen stays, and this page keeps trying.`;
    return { tone: 'bad', text, code: problem.code, action: 'retry-server' };
  }
  if (health?.status === 'restarting') {
    const text = health.message ?? 'The engine stopped and is being restarted.';
    return { tone: 'warning', text, code: undefined, action: undefined };
  }
  if (health?.status === 'failed') {
    const text = health.message ?? 'The engine cannot be started. The server log says why.';
    return { tone: 'bad', text, code: 'LOUPE_ENGINE_UNAVAILABLE', action: undefined };
  }
  return undefined;
}

/** How the run asked for last went wrong, if it did. */
export function runNotice(run: Run | null): Notice | undefined {
  if (!run) return undefined;
  const arrived = countArrived(run);
  const share = `${arrived} of ${run.sources.length} sources`;
  switch (run.status) {
    case 'cut': {
      const text =
        arrived > 0
          ? `The connection broke off: ${share} arrived and are shown.`
          : 'The connection broke off before anything had arrived.';
      return { tone: 'warning', text, code: undefined, action: 'retry-run' };
    }
    case 'cancelled': {
      const text = arrived > 0 ? `Cancelled: ${share} are shown.` : 'Cancelled.';
      return { tone: 'warning', text, code: undefined, action: 'retry-run' };
    }
    case 'failed': {
      const { message, code } = run.error ?? { message: 'The run failed.', code: undefined };
      const text = arrived > 0 ? `${message} Shown: ${share}.` : message;
      return { tone: 'bad', text, code, action: canBeRetried(code) ? 'retry-run' : undefined };
    }
    default:
      return undefined;
  }
}
