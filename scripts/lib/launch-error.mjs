/** A failure that the message explains fully, so that no stack is shown with it. */
export class LaunchError extends Error {
  /** @override */
  name = 'LaunchError';
}

/**
 * Prints why a launcher stops and ends the process with status 1.
 *
 * @param {unknown} thrown
 * @returns {never}
 */
export function stopWith(thrown) {
  console.error(thrown instanceof LaunchError ? thrown.message : thrown);
  process.exit(1);
}
