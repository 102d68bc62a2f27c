import { type Cell, table } from '../commands/table.ts';
import type { Citation } from './acceptance-table.ts';
import type { Measured } from './checks/check-kind.ts';
import type { Verdict } from './judge.ts';
import type { VerifyReport } from './report.ts';
import type { CheckResult } from './run-table.ts';

/** Longer lists of ids are cut; `--json` has them whole. */
const LONGEST = 44;

/**
 * The report as a table for people: a line for each value, with a number that stands for the source of
 * its expectation, and the sources below.
 */
export function formatReport({ model, backend, interrupted, ...report }: VerifyReport): string {
  const { checks, passed, failed, notRun } = report;
  const sources = [...new Set(checks.map(({ source }) => citation(source)))];
  const rows = checks.flatMap((result) => rowsOf(result, sources));
  const summary = `${passed} passed, ${failed} failed, ${notRun} not run`;
  const failures = checks.filter(({ status }) => status === 'failed');
  return [
    `${model} on ${backend.name} ${backend.version} (${backend.device})`,
    '',
    table(['check', 'value', 'expected', 'got', '', 'source'], rows),
    '',
    ...sources.map((source, i) => `[${i + 1}] ${source}`),
    '',
    ...failures.flatMap(whyFailed),
    interrupted ? `Stopped: ${summary}.` : `Checks: ${summary}.`,
  ].join('\n');
}

function citation({ repository, file, place, evidence, note }: Citation): string {
  return `${repository}, ${file}, ${place} (${evidence})${note ? `: ${note}` : ''}`;
}

function rowsOf(result: CheckResult, sources: readonly string[]): Cell[][] {
  const { id, status, reason = '', values, source } = result;
  const number = `[${sources.indexOf(citation(source)) + 1}]`;
  if (values.length === 0) return [[id, reason, '', '', status, number]];
  return values.map(({ of, expected, got, passed }, i) => [
    i === 0 ? id : '',
    of,
    short(expected),
    short(show(got)),
    passed ? 'pass' : 'FAIL',
    number,
  ]);
}

/** Six digits of a number; what did not come up is a dash. */
function show(got: Measured | undefined): string {
  if (got === undefined) return '–';
  return typeof got === 'number' ? `${Number(got.toPrecision(6))}` : got.join(' ');
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function whyFailed({ id, title, reason, values }: CheckResult): string[] {
  const bad = values.filter(({ passed }) => !passed);
  return [`${id}: ${title}`, ...(reason ? [`  ${reason}`] : []), ...bad.map(explain), ''];
}

function explain({ of, expected, got, why }: Verdict): string {
  return `  ${of} is ${show(got)}, expected ${expected}${why ? ` (tolerance: ${why})` : ''}`;
}
