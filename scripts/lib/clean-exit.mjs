/** @type {Set<() => void>} */
const tasks = new Set();
const endings = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });

process.on('exit', () => {
  for (const task of tasks) task();
});

/**
 * Runs a task when the process exits, unless the returned function is called before. The task must
 * not wait for anything.
 *
 * @param {() => void} task
 * @returns {() => void}
 */
export function atExit(task) {
  tasks.add(task);
  return () => {
    tasks.delete(task);
  };
}

/**
 * Makes Ctrl-C and termination exit in order, so that `atExit` tasks run, until the returned function
 * is called.
 *
 * @returns {() => void}
 */
export function exitOnSignals() {
  const handlers = Object.entries(endings).map(([signal, status]) => {
    const handler = () => process.exit(status);
    process.on(signal, handler);
    return /** @type {const} */ ([signal, handler]);
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
