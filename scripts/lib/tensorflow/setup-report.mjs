import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.mjs';
import { readJson, writeJson } from '../json-file.mjs';

/** How long a failed attempt is not repeated unless asked for. */
const REST_MS = 24 * 60 * 60 * 1000;

/**
 * Why an attempt failed.
 *
 * @typedef {object} SetupFailure
 * @property {string} at when, ISO 8601
 * @property {string} reason one sentence
 * @property {string} advice one sentence: what to do about it
 * @property {string} circumstances changes when another attempt may end otherwise
 */

/**
 * What the last setup came to. `failure` may stand beside `ready`: then something better was tried.
 *
 * @typedef {object} SetupReport
 * @property {'ready' | 'failed'} state
 * @property {string} [version] of TensorFlow
 * @property {'cpu' | 'gpu'} [variant] the build of TensorFlow
 * @property {'existing' | 'wheel' | 'prebuilt'} [way] where its libraries came from
 * @property {boolean} [gpu] whether it found a GPU
 * @property {string} [at] when it was set up, ISO 8601
 * @property {SetupFailure} [failure]
 */

/** The folder of TensorFlow's libraries, one folder a build, beside the report about them. */
export function tensorflowFolder() {
  return join(cacheFolder(), 'tensorflow');
}

/**
 * Where the report is: `tensorflow/setup.json` in the cache folder. The launchers hand this path to the
 * server as LOUPE_TENSORFLOW_REPORT, so that it can say why TensorFlow does not run.
 */
export function reportPath() {
  return join(tensorflowFolder(), 'setup.json');
}

/** @returns {SetupReport | undefined} */
export function readReport() {
  return readJson(reportPath());
}

/** @param {SetupReport} report */
export function writeReport(report) {
  writeJson(reportPath(), report);
}

/**
 * The failure of an attempt that is not worth repeating yet.
 *
 * @param {SetupReport | undefined} report
 * @param {string} circumstances as they are now
 * @param {number} [now] milliseconds since 1970
 * @returns {SetupFailure | undefined}
 */
export function restingFailure(report, circumstances, now = Date.now()) {
  const failure = report?.failure;
  if (failure === undefined || failure.circumstances !== circumstances) return undefined;
  return now - Date.parse(failure.at) < REST_MS ? failure : undefined;
}
