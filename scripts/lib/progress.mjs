import { formatBytes, formatSeconds } from './sizes.mjs';

/** How often a terminal's line is redrawn, and how often a line is added to a log. */
const REDRAW_MS = 200;
const LOG_MS = 10_000;

/**
 * One line that says how far something is: redrawn on a terminal, repeated now and then in a log.
 */
export class Progress {
  #label;
  #total;
  #done = 0;
  #first = 0;
  #began = performance.now();
  #drawn = -Infinity;
  #out;
  #timer;

  /**
   * @param {string} label what is being done
   * @param {number} [total] bytes, where they are counted and known
   * @param {{ isTTY?: boolean | undefined, columns?: number | undefined, write(text: string): unknown }} [out]
   */
  constructor(label, total, out = process.stderr) {
    this.#label = label;
    this.#total = total;
    this.#out = out;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
    if (!out.isTTY) out.write(`${label} …\n`);
    this.#drawn = out.isTTY ? -Infinity : performance.now();
  }

  /**
   * @param {number} done bytes so far
   * @param {number} [total] bytes in all, once known
   */
  update(done, total = this.#total) {
    // What was there already says nothing about the rate.
    if (this.#done === 0) this.#first = done;
    this.#done = done;
    this.#total = total;
    this.#draw();
  }

  /** Ends the line, saying how long it took. @param {string} [ending] in place of the time */
  end(ending) {
    clearInterval(this.#timer);
    const seconds = (performance.now() - this.#began) / 1000;
    this.#line(`${this.#label}: ${ending ?? `done in ${formatSeconds(seconds)}`}`, true);
  }

  #draw() {
    const now = performance.now();
    if (now - this.#drawn < (this.#out.isTTY ? REDRAW_MS : LOG_MS)) return;
    this.#drawn = now;
    this.#line(`${this.#label}: ${this.describe((now - this.#began) / 1000)}`, false);
  }

  /**
   * How far it is after some seconds.
   *
   * @param {number} seconds
   */
  describe(seconds) {
    if (this.#done === 0) return formatSeconds(seconds);
    const rate = (this.#done - this.#first) / Math.max(seconds, 1e-3);
    const parts = [formatBytes(this.#done)];
    if (this.#total) {
      const share = Math.min(100, Math.floor((100 * this.#done) / this.#total));
      parts[0] = `${share} %, ${formatBytes(this.#done)} of ${formatBytes(this.#total)}`;
    }
    if (rate > 0) parts.push(`${formatBytes(rate)}/s`);
    if (this.#total && rate > 0 && seconds > 1) {
      parts.push(`${formatSeconds(Math.max(0, this.#total - this.#done) / rate)} left`);
    }
    return parts.join(', ');
  }

  /**
   * @param {string} text
   * @param {boolean} last
   */
  #line(text, last) {
    if (!this.#out.isTTY) {
      this.#out.write(`${text}\n`);
      return;
    }
    this.#out.write(`\r\u001b[K${text.slice(0, (this.#out.columns || 80) - 1)}${last ? '\n' : ''}`);
  }
}

/**
 * Shows a line while work is under way, and how long it took or that it failed.
 *
 * @template T
 * @param {string} label
 * @param {(progress: Progress) => Promise<T>} work
 * @param {number} [total] bytes
 * @returns {Promise<T>}
 */
export async function withProgress(label, work, total) {
  const progress = new Progress(label, total);
  try {
    const result = await work(progress);
    progress.end();
    return result;
  } catch (thrown) {
    progress.end('failed');
    throw thrown;
  }
}
