import { availableParallelism } from 'node:os';
import { exitOnSignals } from '../clean-exit.mjs';
import { stopWith } from '../launch-error.mjs';
import { prepare, tensorflowIsSkipped } from '../prepare.mjs';
import { projectRoot } from '../project-root.mjs';
import { readReport } from '../tensorflow/setup-report.mjs';
import { setupState } from '../tensorflow/setup-state.mjs';
import { thisMachine, wheelTarget } from '../tensorflow/target.mjs';
import { addCounts, formatCounts, wentWell } from './counts.mjs';
import { checkLint, checkTypes, runVitest } from './run-checks.mjs';
import { chooseSections, sections } from './sections.mjs';
import { runSideBySide } from './side-by-side.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {import('./run-checks.mjs').Print} Print */
/** @typedef {import('./sections.mjs').Section} Section */
/** @typedef {{ section: Section, counts: Counts, seconds: number }} Result */

const FAILED = { passed: 0, failed: 1, skipped: 0 };
const SKIPPED = { passed: 0, failed: 0, skipped: 1 };

/**
 * The command `npm test`. The last line counts what passed, failed and was skipped; the status is 1 if
 * anything failed or nothing ran.
 *
 * @param {string[]} args names of sections; none means all. `--list` lists them.
 */
export async function runTests(args) {
  if (args.includes('--list')) {
    for (const { name, title } of sections) console.log(`${name.padEnd(18)} ${title}`);
    return;
  }
  try {
    const chosen = chooseSections(args);
    await prepare(projectRoot, {
      client: false,
      server: true,
      tensorflow: chosen.some((section) => section.tensorflow),
      retry: true,
    });
    exitOnSignals();
    const since = performance.now();
    const jobs = chosen.map((section) => ({
      cores: section.cores,
      run: (/** @type {Print} */ print) => timeSection(section, print),
    }));
    const write = (/** @type {string} */ text) => void process.stdout.write(text);
    const results = await runSideBySide(jobs, { cores: availableParallelism(), write });
    summarize(results, (performance.now() - since) / 1000);
  } catch (thrown) {
    stopWith(thrown);
  }
}

/**
 * @param {Section} section
 * @param {Print} print
 * @returns {Promise<Result>}
 */
async function timeSection(section, print) {
  print(`\n== ${section.title} (npm test -- ${section.name})\n`);
  const since = performance.now();
  const counts = await runSection(section, print);
  return { section, counts, seconds: (performance.now() - since) / 1000 };
}

/**
 * @param {Section} section
 * @param {Print} print
 * @returns {Promise<Counts>}
 */
async function runSection(section, print) {
  try {
    const obstacle = await obstacleTo(section);
    if (obstacle) {
      print(`${obstacle.reason}\n`);
      return obstacle.counts;
    }
    if (section.kind === 'types') return await checkTypes(projectRoot, print);
    if (section.kind === 'lint') return await checkLint(projectRoot, print);
    const { project = '', env = {} } = section;
    const report = await runVitest(projectRoot, print, project, env);
    for (const { test, reason } of report.skips) print(`skipped: ${test}: ${reason}\n`);
    if (report.passed + report.failed + report.skipped > 0) return report;
    print('No test ran, so that this section shows nothing.\n');
    return FAILED;
  } catch (thrown) {
    print(`${thrown instanceof Error ? thrown.message : thrown}\n`);
    return FAILED;
  }
}

/**
 * Why a section cannot run, if so, and what that counts as.
 *
 * @param {Section} section
 * @returns {Promise<{ reason: string, counts: Counts } | undefined>}
 */
async function obstacleTo(section) {
  if (section.client) await prepare(projectRoot, { client: true, server: true, tensorflow: false });
  if (section.env?.LOUPE_BACKEND === 'tensorflow') return tensorflowObstacle();
  if (section.chromium) {
    // Imported late, because it needs packages that may just have been installed.
    const { ensureChromium } = await import('./ensure-chromium.mjs');
    const { problem } = await ensureChromium(projectRoot);
    if (problem !== undefined) return { reason: problem, counts: FAILED };
  }
  return undefined;
}

/** @returns {{ reason: string, counts: Counts } | undefined} */
function tensorflowObstacle() {
  if (tensorflowIsSkipped()) {
    return { reason: 'skipped: LOUPE_SKIP_TENSORFLOW is set.', counts: SKIPPED };
  }
  if (setupState(projectRoot).kind === 'ready') return undefined;
  const failure = readReport()?.failure;
  const why = failure ? `${failure.reason} ${failure.advice}` : 'TensorFlow is not set up.';
  const target = wheelTarget(thisMachine(), 'cpu');
  if ('unsupported' in target) return { reason: `skipped: ${why}`, counts: SKIPPED };
  return { reason: `TensorFlow can run on this system but does not: ${why}`, counts: FAILED };
}

/**
 * @param {Result[]} results
 * @param {number} seconds that all of it took
 */
function summarize(results, seconds) {
  console.log('\n== Summary');
  for (const { section, counts, seconds } of results) {
    const mark = counts.failed > 0 ? 'FAILED ' : '       ';
    const time = `${Math.round(seconds)} s`.padStart(6);
    console.log(`${mark}${section.name.padEnd(18)} ${time}  ${formatCounts(counts)}`);
  }
  const total = addCounts(results.map(({ counts }) => counts));
  process.exitCode = wentWell(total) ? 0 : 1;
  console.log(`\nin ${Math.round(seconds)} s, some sections side by side`);
  console.log(formatCounts(total));
}
