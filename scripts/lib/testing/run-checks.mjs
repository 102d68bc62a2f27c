import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atExit } from '../clean-exit.mjs';
import { readJson } from '../json-file.mjs';
import { REPORT_VARIABLE } from './count-reporter.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {(text: string) => void} Print */

/**
 * Checks the types of every part; one check in all.
 *
 * @param {string} root
 * @param {Print} print
 * @returns {Promise<Counts>}
 */
export async function checkTypes(root, print) {
  const { scripts } = readJson(join(root, 'package.json'));
  /** @type {string[]} */
  const projects = [...scripts.typecheck.matchAll(/-p (\S+)/g)].map((match) => match[1]);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  let good = projects.length > 0;
  for (const project of projects) {
    if ((await runVisibly(root, print, [tsc, '-p', project])) !== 0) good = false;
  }
  return oneCheck(good);
}

/**
 * Checks lint rules and format; one check.
 *
 * @param {string} root
 * @param {Print} print
 * @returns {Promise<Counts>}
 */
export async function checkLint(root, print) {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const status = await runVisibly(root, print, [biome, 'check', '--error-on-warnings', '.']);
  return oneCheck(status === 0);
}

/**
 * Runs one of vitest's projects.
 *
 * @param {string} root
 * @param {Print} print
 * @param {string} project
 * @param {Record<string, string>} env
 * @returns {Promise<import('./count-reporter.mjs').VitestReport>}
 */
export async function runVitest(root, print, project, env) {
  const folder = mkdtempSync(join(tmpdir(), 'loupe-tests-'));
  const path = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporter = fileURLToPath(new URL('./count-reporter.mjs', import.meta.url));
    const args = [vitest, 'run', '--project', project, '--passWithNoTests'];
    const reporters = ['--reporter=default', `--reporter=${reporter}`];
    const status = await runVisibly(root, print, [...args, ...reporters], {
      TF_CPP_MIN_LOG_LEVEL: '2',
      ...env,
      [REPORT_VARIABLE]: path,
    });
    const report = readJson(path) ?? { passed: 0, failed: 0, skipped: 0, skips: [] };
    if (status !== 0 && report.failed === 0) report.failed = 1;
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {boolean} good
 * @returns {Counts}
 */
function oneCheck(good) {
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 };
}

/**
 * Runs a script with this Node.js and prints what it prints.
 *
 * @param {string} root
 * @param {Print} print
 * @param {string[]} args
 * @param {Record<string, string>} [env] beside what is set already
 * @returns {Promise<number>} its exit status
 */
function runVisibly(root, print, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...(process.stdout.isTTY && { FORCE_COLOR: '1' }), ...process.env, ...env },
    });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', print);
    const forget = atExit(() => void child.kill());
    child.on('error', () => resolve(1));
    child.on('close', (status) => {
      forget();
      resolve(status ?? 1);
    });
  });
}
