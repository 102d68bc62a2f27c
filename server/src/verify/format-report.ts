import { type Cell, table } from '../commands/table.ts';
import type { Measured } from './checks/check-kind.ts';
import type { Verdict } from './judge.ts';
import type { VerifyReport } from './report.ts';
import type { CheckResult } from './run-table.ts';

/** The report as a table for people: a line for each value, the source of its expectation beside it. */
export function formatReport({ model, backend, interrupted, ...report }: VerifyReport): string {
  const { checks, passed, failed, notRun } = report;
  const rows = checks.flatMap(rowsOf);
  const summary = `${passed} passed, ${failed} failed, ${notRun} not run`;
  const failures = checks.filter(({ status }) => status === 'failed');
  return [
    `${model} on ${backend.name} ${backend.version} (${backend.device})`,
    '',
    table(['check', 'value', 'expected', 'got', '', 'source of the expectation'], rows),
    '',
    ...failures.flatMap(whyFailed),
    interrupted ? `Stopped: ${summary}.` : `Checks: ${summary}.`,
  ].join('\n');
}

function rowsOf(result: CheckResult): Cell[][] {
  const { id, status, reason, values, source } = result;
  const from = `${source.repository}, ${source.file}, ${source.place} (${source.evidence})`;
  if (values.length === 0) return [[id, '', '', '', status, reason ?? '']];
  return values.map(({ of, expected, got, passed }, i) => [
    i === 0 ? id : '',
    of,
    expected,
    show(got),
    passed ? 'pass' : 'FAIL',
    i === 0 ? from : '',
  ]);
}

/** Six digits of a number; what did not come up is a dash. */
function show(got: Measured | undefined): string {
  if (got === undefined) return '–';
  return typeof got === 'number' ? `${Number(got.toPrecision(6))}` : got.join(' ');
}

function whyFailed({ id, title, reason, values }: CheckResult): string[] {
  const bad = values.filter(({ passed }) => !passed);
  return [`${id}: ${title}`, ...(reason ? [`  ${reason}`] : []), ...bad.map(explain), ''];
}

function explain({ of, expected, got, why }: Verdict): string {
  return `  ${of} is ${show(got)}, expected ${expected}${why ? ` (tolerance: ${why})` : ''}`;
}
