import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buildClient, clientIsBuilt } from './build-client.mjs';
import { buildServer, serverIsBuilt } from './build-server.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { exitOnSignals } from './clean-exit.mjs';
import { installPackages } from './install-packages.mjs';
import { packagesAreInstalled } from './installed-packages.mjs';
import { withLock } from './lock.mjs';
import { say } from './say.mjs';
import { explainFailure, setUpTensorflow } from './tensorflow/set-up-tensorflow.mjs';
import { setupState } from './tensorflow/setup-state.mjs';

/**
 * @typedef {object} Wanted
 * @property {boolean} client the page
 * @property {boolean} server the server and its engine, as programs that start at once
 * @property {boolean} tensorflow
 * @property {boolean} [retry] set TensorFlow up although that failed lately
 */

/**
 * Installs, sets up and builds what is missing or out of date, and nothing else. Two launchers in one
 * checkout take turns.
 *
 * @param {string} root
 * @param {Wanted} wanted
 * @throws LaunchError if something that cannot be done without is missing
 */
export async function prepare(root, wanted) {
  const restoreSignals = exitOnSignals();
  try {
    if (!isPrepared(root, wanted)) {
      await withLock(lockPath(root), tellOwner, () => prepareAlone(root, wanted));
    }
  } finally {
    restoreSignals();
  }
}

/** Whether the user has asked for no TensorFlow. */
export function tensorflowIsSkipped() {
  return process.env.LOUPE_SKIP_TENSORFLOW === '1';
}

/**
 * @param {string} root
 * @param {Wanted} wanted
 */
function isPrepared(root, wanted) {
  if (!packagesAreInstalled(root)) return false;
  if (wanted.client && !clientIsBuilt(root)) return false;
  if (wanted.server && !serverIsBuilt(root)) return false;
  if (!wanted.tensorflow || tensorflowIsSkipped()) return true;
  const state = setupState(root);
  if (state.kind === 'resting' && !wanted.retry) {
    explainFailure(state.failure, false);
    return true;
  }
  return state.kind === 'ready';
}

/**
 * @param {string} root
 * @param {Wanted} wanted
 */
async function prepareAlone(root, wanted) {
  if (!packagesAreInstalled(root)) await installPackages(root);
  if (wanted.tensorflow && !tensorflowIsSkipped()) {
    await setUpTensorflow(root, { retry: wanted.retry ?? false });
  }
  if (wanted.client && !clientIsBuilt(root)) await buildClient(root);
  if (wanted.server && !serverIsBuilt(root)) await buildServer(root);
}

/** @param {number | undefined} owner */
function tellOwner(owner) {
  say(`Waiting for another Loupe (process ${owner ?? 'unknown'}) that is preparing this folder.`);
}

/**
 * The lock is kept outside the checkout, of which npm may remove any part.
 *
 * @param {string} root
 */
function lockPath(root) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(cacheFolder(), 'locks', `${name}.lock`);
}
