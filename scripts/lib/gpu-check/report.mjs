/**
 * @typedef {object} Done
 * @property {string} title
 * @property {number} seconds
 * @property {import('./steps.mjs').StepResult} result
 */

/** Status of the process: everything was done and right, something was wrong, something could not be done. */
export const EXIT = { passed: 0, failed: 1, missing: 3 };

const WORDS = { passed: 'passed', failed: 'FAILED', missing: 'not done' };

/**
 * The report for people.
 *
 * @param {string} machine what was checked, in a line
 * @param {Done[]} done
 * @param {string[]} left titles of steps that were not reached
 */
export function formatGpuReport(machine, done, left) {
  const width = Math.max(
    ...[...done.map(({ title }) => title), ...left].map(({ length }) => length),
  );
  const line = (
    /** @type {string} */ word,
    /** @type {string} */ title,
    /** @type {string} */ rest,
  ) => `${word.padEnd(9)} ${title.padEnd(width)}  ${rest}`.trimEnd();
  const texts = done.filter(({ result }) => result.text);
  return [
    machine,
    '',
    ...done.map(({ title, seconds, result }) =>
      line(WORDS[result.status], title, `${Math.round(seconds)} s  ${result.detail}`),
    ),
    ...left.map((title) => line(WORDS.missing, title, '')),
    ...texts.flatMap(({ title, result }) => ['', `── ${title}`, result.text?.trimEnd() ?? '']),
  ].join('\n');
}

/**
 * @param {Done[]} done
 * @param {string[]} left
 */
export function exitStatus(done, left) {
  if (done.some(({ result }) => result.status === 'failed')) return EXIT.failed;
  const incomplete = left.length > 0 || done.some(({ result }) => result.status === 'missing');
  return incomplete ? EXIT.missing : EXIT.passed;
}
