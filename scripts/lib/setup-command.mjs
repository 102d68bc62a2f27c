import { exitOnSignals } from './clean-exit.mjs';
import { installPackages } from './install-packages.mjs';
import { packagesAreInstalled } from './installed-packages.mjs';
import { stopWith } from './launch-error.mjs';
import { tensorflowIsSkipped } from './prepare.mjs';
import { projectRoot } from './project-root.mjs';
import { say } from './say.mjs';
import { setUpTensorflow } from './tensorflow/set-up-tensorflow.mjs';
import { reportPath } from './tensorflow/setup-report.mjs';
import { setupState } from './tensorflow/setup-state.mjs';

const HELP = `Usage: npm run setup:tensorflow [-- --rebuild]

Gives TensorFlow.js a native library: the one that is there, else TensorFlow's own, fetched as a wheel
from the Python package index and joined to Node.js with your C++ compiler, else an older one that
tfjs-node offers.

  --rebuild  fetch and compile anew
  --help     show this

Environment:
  LOUPE_SKIP_TENSORFLOW=1  do nothing
  LOUPE_TENSORFLOW         cpu or gpu; default what fits the machine
  LOUPE_CACHE              where the libraries are kept, some 850 MB (5 GB with a GPU)
  PIP_INDEX_URL, HTTPS_PROXY, CXX  as usual`;

/**
 * The command `npm run setup:tensorflow`. Its status is 1 if TensorFlow does not work in the end.
 *
 * @param {string[]} args
 */
export async function runSetupCommand(args) {
  const unknown = args.find((arg) => arg !== '--rebuild' && arg !== '--help' && arg !== '-h');
  if (unknown !== undefined || args.includes('--help') || args.includes('-h')) {
    console.log(unknown === undefined ? HELP : `There is no option ${unknown}.\n\n${HELP}`);
    process.exitCode = unknown === undefined ? 0 : 1;
    return;
  }
  if (tensorflowIsSkipped()) {
    say('LOUPE_SKIP_TENSORFLOW is set: TensorFlow is left as it is.');
    return;
  }
  exitOnSignals();
  try {
    if (!packagesAreInstalled(projectRoot)) await installPackages(projectRoot);
    const rebuild = args.includes('--rebuild');
    const ready = !rebuild && setupState(projectRoot).kind === 'ready';
    const works = await setUpTensorflow(projectRoot, { retry: true, rebuild });
    if (ready) say(`TensorFlow is set up already; ${reportPath()} says how.`);
    process.exitCode = works ? 0 : 1;
  } catch (thrown) {
    stopWith(thrown);
  }
}
