import { writeJson } from '../json-file.mjs';

/** Names the file that a run's counts are written to. */
export const REPORT_VARIABLE = 'LOUPE_TEST_REPORT';

/**
 * What one run of vitest came to.
 *
 * @typedef {import('./counts.mjs').Counts & { skips: { test: string, reason: string }[] }} VitestReport
 */

/** @typedef {import('vitest/reporters').Reporter} Reporter */

/**
 * A vitest reporter that counts tests and keeps why some were skipped. What fails outside any test,
 * such as a file that does not load, counts as a failure too.
 *
 * @implements {Reporter}
 */
export default class CountReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {VitestReport} */
    const report = { passed: 0, failed: unhandledErrors.length, skipped: 0, skips: [] };
    for (const module of modules) {
      report.failed += module.errors().length;
      for (const suite of module.children.allSuites()) report.failed += suite.errors().length;
      for (const test of module.children.allTests()) count(report, test);
    }
    const path = process.env[REPORT_VARIABLE];
    if (path) writeJson(path, report);
  }
}

/**
 * @param {VitestReport} report
 * @param {import('vitest/node').TestCase} test
 */
function count(report, test) {
  const result = test.result();
  if (result.state === 'passed') {
    report.passed++;
  } else if (result.state === 'skipped') {
    report.skipped++;
    report.skips.push({ test: test.fullName, reason: result.note ?? 'no reason given' });
  } else {
    // A test still pending when the run is over was cut off.
    report.failed++;
  }
}
