/**
 * Something to do that prints as it goes.
 *
 * @template T
 * @typedef {object} Job
 * @property {number} cores how many processors it keeps busy
 * @property {(print: (text: string) => void) => Promise<T>} run
 */

/**
 * Does jobs in their order, side by side where the processors allow it. What they print comes out job by
 * job: at once for the first that is not done, later for those that overtook it.
 *
 * @template T
 * @param {readonly Job<T>[]} jobs
 * @param {{ cores: number, write: (text: string) => void }} options
 * @returns {Promise<T[]>} what each came to
 */
export async function runSideBySide(jobs, { cores, write }) {
  /** @type {{ text: string, done: boolean }[]} */
  const outputs = jobs.map(() => ({ text: '', done: false }));
  /** Index of the job whose output is on screen. */
  let front = 0;

  const flush = () => {
    for (; front < outputs.length; front++) {
      const output = outputs[front];
      if (!output) return;
      if (output.text !== '') write(output.text);
      output.text = '';
      if (!output.done) return;
    }
  };

  /** @type {Set<Promise<void>>} */
  const running = new Set();
  /** @type {T[]} */
  const results = new Array(jobs.length);
  let busy = 0;
  for (const [index, job] of jobs.entries()) {
    while (running.size > 0 && busy + job.cores > cores) await Promise.race(running);
    busy += job.cores;
    const print = (/** @type {string} */ text) => {
      const output = outputs[index];
      if (output) output.text += text;
      flush();
    };
    const ended = job.run(print).then((result) => {
      results[index] = result;
      busy -= job.cores;
      running.delete(ended);
      const output = outputs[index];
      if (output) output.done = true;
      flush();
    });
    running.add(ended);
  }
  await Promise.all(running);
  return results;
}
