// The thread that reads ahead. It does nothing but read, so that it starts in a few milliseconds; plain
// JavaScript, since a loader of TypeScript would take longer than that.
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * States of a read, in an Int32Array that both threads see. They change in this order: ASKED, READING,
 * DONE; a read that is not wanted any more goes from ASKED to DROPPED, or from READING to STOPPING and
 * DONE.
 */
const { ASKED, READING, DONE } = workerData.states;

/** How much is read at once, in bytes: what a read that is not wanted any more costs at most. */
const PIECE = 1 << 22;

/**
 * @typedef {object} Asked
 * @property {Int32Array<SharedArrayBuffer>} state
 * @property {number} descriptor of a file that stays open until the read is done
 * @property {number} position of the first byte
 * @property {number} length
 * @property {ArrayBuffer} memory of at least that length
 */

parentPort?.on(
  'message',
  (/** @type {Asked} */ { state, descriptor, position, length, memory }) => {
    if (Atomics.compareExchange(state, 0, ASKED, READING) !== ASKED) return;
    let done = 0;
    try {
      const bytes = new Uint8Array(memory, 0, length);
      while (done < length && Atomics.load(state, 0) === READING) {
        const got = readSync(
          descriptor,
          bytes,
          done,
          Math.min(PIECE, length - done),
          position + done,
        );
        if (got === 0) break;
        done += got;
      }
    } catch {
      // That it could not be read is seen from how much there is; the reason comes when it is read again.
    }
    // The answer before the state, because whoever waits for the state takes the answer at once.
    workerData.port.postMessage({ state, memory, filled: done === length }, [memory]);
    Atomics.store(state, 0, DONE);
    Atomics.notify(state, 0);
  },
);
