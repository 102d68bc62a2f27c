/**
 * Says why a version of Node.js cannot run Loupe, or returns undefined if it can: 20.19 or later, and
 * of the 22 line 22.12 or later, because the tools that build the page need those.
 *
 * @param {string} version such as `20.19.0`
 * @returns {string | undefined}
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (fits) return undefined;
  return (
    `Loupe needs Node.js 20.19, 22.12 or later, and this is ${version}.\n` +
    'Install a current one from https://nodejs.org or with your version manager, and try again.'
  );
}

/** Ends the process with an explanation if its Node.js is too old. */
export function requireNode() {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}
