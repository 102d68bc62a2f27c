import type { ErrorBody, ErrorCode, Health } from '@loupe/shared';
import { countArrived } from './attempt.ts';
import type { Run } from './run.ts';

/** Something that went wrong: what it means, what to do, and whether trying again can help. */
export interface Notice {
  tone: 'bad' | 'warning';
  text: string;
  code: ErrorCode | undefined;
  action: 'retry-run' | 'retry-server' | undefined;
}

/** Failures that stay the same however often they are tried. */
const LASTING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LOUPE_BAD_REQUEST',
  'LOUPE_PROMPT_TOO_LONG',
  'LOUPE_TOKEN_OUT_OF_RANGE',
  'LOUPE_NOT_TOKENS',
  'LOUPE_FORBIDDEN_HOST',
  'LOUPE_FORBIDDEN_ORIGIN',
  'LOUPE_MODEL_NOT_FOUND',
  'LOUPE_SOURCE_NOT_INSTALLED',
  'LOUPE_BODY_TOO_LARGE',
]);

/** True where trying again can help. */
export function canBeRetried(code: ErrorCode | undefined): boolean {
  return code === undefined || !LASTING.has(code);
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
