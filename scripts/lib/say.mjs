/**
 * Tells the user something, on stderr, so that stdout carries nothing but what a command prints.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
