import { toLoupeError } from '@loupe/shared';
import type { AcceptanceTable, Check, Citation } from './acceptance-table.ts';
import type { Measurements, Measuring, Step } from './checks/check-kind.ts';
import { judge, type Verdict } from './judge.ts';
import { kindOf } from './parse-table.ts';
import type { Subject } from './subject.ts';

/** What came of a check. */
export interface CheckResult {
  id: string;
  title: string;
  kind: string;
  status: 'passed' | 'failed' | 'not run';
  /** Why it was not run, or what went wrong. */
  reason?: string;
  values: Verdict[];
  source: Citation;
  seconds: number;
}

/** Progress inside a check, or its end. */
export type TableEvent =
  | { type: 'begin'; check: Check }
  | { type: 'step'; step: Step }
  | { type: 'result'; result: CheckResult };

/**
 * Runs the checks of a table one after another; yields `undefined` where it may be dropped. A check whose
 * sources are not installed, or that lacks something else, is not run; one that throws has failed.
 */
export function* runTable(
  { checks }: Pick<AcceptanceTable, 'checks'>,
  subject: Subject,
): Generator<TableEvent | undefined, void> {
  for (const check of checks) {
    yield { type: 'begin', check };
    const started = performance.now();
    const outcome = yield* runCheck(check, subject);
    const { id, title, kind, source } = check;
    const seconds = (performance.now() - started) / 1000;
    yield { type: 'result', result: { id, title, kind, ...outcome, source, seconds } };
  }
}

type Outcome = Pick<CheckResult, 'status' | 'reason' | 'values'>;

function* runCheck(check: Check, subject: Subject): Generator<TableEvent | undefined, Outcome> {
  const kind = kindOf(check);
  const missing = kind.sources(check.parameters).filter((id) => !subject.has(id));
  if (missing.length > 0) {
    const some = [...new Set(missing)];
    const more = some.length > 3 ? ` and ${some.length - 3} more` : '';
    return notRun(`not installed: ${some.slice(0, 3).join(', ')}${more}`);
  }
  const blocked = kind.blocked(check.parameters, subject);
  if (blocked) return notRun(blocked);
  try {
    const measurements = yield* withSteps(kind.measure(check.parameters, subject));
    const values = check.expect.map((expected) => judge(expected, measurements, check.tolerance));
    return { status: values.every(({ passed }) => passed) ? 'passed' : 'failed', values };
  } catch (thrown) {
    const { code, message } = toLoupeError(thrown);
    return { status: 'failed', reason: `${code}: ${message}`, values: [] };
  }
}

/** A measurement's steps as events. */
function* withSteps(measuring: Measuring): Generator<TableEvent | undefined, Measurements> {
  try {
    let next = measuring.next();
    while (!next.done) {
      yield next.value && { type: 'step', step: next.value };
      next = measuring.next();
    }
    return next.value;
  } finally {
    // Where the run was stopped, this frees what the measurement holds.
    measuring.return(new Map());
  }
}

function notRun(reason: string): Outcome {
  return { status: 'not run', reason, values: [] };
}
