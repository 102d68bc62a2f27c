import { stopWith } from './launch-error.mjs';
import { prepare } from './prepare.mjs';
import { projectRoot } from './project-root.mjs';
import { runServer } from './run-server.mjs';

/** Words after which the command only explains itself. */
const EXPLAINING = new Set(['help', '--help', '-h', '--version', '-V']);

/**
 * Runs `loupe` with these arguments, after what that needs has been prepared, and ends as it ends.
 *
 * @param {string[]} args
 */
export async function launch(args) {
  const explains = args.length === 0 || args.some((arg) => EXPLAINING.has(arg));
  const client = !explains && args[0] === 'serve';
  try {
    await prepare(projectRoot, { client, server: true, tensorflow: !explains });
    process.exitCode = await runServer(projectRoot, args);
  } catch (thrown) {
    stopWith(thrown);
  }
}
