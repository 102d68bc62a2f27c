import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { withProgress } from '../progress.mjs';
import { say } from '../say.mjs';
import {
  bindingInPlace,
  linkBinding,
  nodeApiHeaders,
  packageFolder,
  removeDanglingLink,
} from './binding-place.mjs';
import { bindingIn, buildFolder, readBuild, removeDownloads, removeWork } from './cached-build.mjs';
import { bindingInputs } from './compile-binding.mjs';
import { nvidiaGpu, wantedVariants } from './nvidia-gpu.mjs';
import { installPrebuilt } from './prebuilt.mjs';
import { SetupProblem } from './setup-problem.mjs';
import { tensorflowFolder, writeReport } from './setup-report.mjs';
import { setupCircumstances, setupState, stampTensorflow } from './setup-state.mjs';
import { thisMachine, wheelTarget } from './target.mjs';
import { verifyTensorflow } from './verify.mjs';

/** @typedef {import('./target.mjs').Variant} Variant */
/** @typedef {import('./setup-report.mjs').SetupReport} SetupReport */

/**
 * @typedef {object} SetupOptions
 * @property {boolean} [retry] try again though an attempt has failed lately
 * @property {boolean} [rebuild] fetch and compile though there is something that works
 */

/**
 * A TensorFlow in its place.
 *
 * @typedef {object} Found
 * @property {Variant} variant
 * @property {NonNullable<SetupReport['way']>} way
 * @property {string} version
 * @property {boolean} gpu whether it finds a GPU
 */

/**
 * Gives tfjs-node-gpu a native library by the first way that works: one that is there, one built from
 * TensorFlow's wheel, the package's own. Writes a report (setup-report.mjs) and says what failed.
 *
 * @param {string} root
 * @param {SetupOptions} [options]
 * @returns {Promise<boolean>} whether TensorFlow works
 */
export async function setUpTensorflow(root, options = {}) {
  const cache = tensorflowFolder();
  const onWait = (/** @type {number | undefined} */ owner) =>
    say(`Waiting for another Loupe (process ${owner ?? 'unknown'}) that is setting up TensorFlow.`);
  return withLock(join(cache, 'setup.lock'), onWait, async () => {
    removeWork(cache);
    const state = setupState(root);
    if (state.kind === 'ready' && !options.rebuild) {
      removeDownloads(cache);
      return true;
    }
    if (state.kind === 'resting' && !options.retry && !options.rebuild) return false;
    return new Setup(root, options).run();
  });
}

/** One run through the ways. */
class Setup {
  #root;
  #package;
  #rebuild;
  #gpu = nvidiaGpu();
  /** @type {SetupProblem[]} */
  #problems = [];

  /**
   * @param {string} root
   * @param {SetupOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#package = packageFolder(root);
    this.#rebuild = options.rebuild ?? false;
  }

  async run() {
    removeDanglingLink(this.#package);
    const found = await this.#findOrBuild();
    this.#report(found);
    if (found) {
      stampTensorflow(this.#root, found.variant);
      removeDownloads(tensorflowFolder());
    }
    return found !== undefined;
  }

  /** @returns {Promise<Found | undefined>} */
  async #findOrBuild() {
    for (const variant of wantedVariants(this.#gpu)) {
      const fromWheel = () => this.#attempt(() => this.#fromWheel(variant));
      const ways = this.#rebuild
        ? [fromWheel, () => this.#present(variant)]
        : [() => this.#present(variant), fromWheel];
      for (const way of ways) {
        const found = await way();
        if (found) return found;
      }
    }
    return this.#attempt(() => this.#prebuilt());
  }

  /**
   * @param {() => Promise<Found>} work
   * @returns {Promise<Found | undefined>}
   */
  async #attempt(work) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof SetupProblem)) throw thrown;
      this.#problems.push(thrown);
      return undefined;
    }
  }

  /**
   * What is there already.
   *
   * @param {Variant} variant
   */
  async #present(variant) {
    return (await this.#cached(variant)) ?? (await this.#existing(variant));
  }

  /**
   * A build in the cache, as after npm has installed everything anew.
   *
   * @param {Variant} variant
   * @returns {Promise<Found | undefined>}
   */
  async #cached(variant) {
    const target = wheelTarget(thisMachine(), variant);
    if ('unsupported' in target) return undefined;
    const folder = buildFolder(target);
    if (readBuild(folder)?.inputs !== bindingInputs(this.#package, target)) return undefined;
    const result = await withProgress('Trying the TensorFlow that was set up before', () =>
      verifyTensorflow(this.#package, bindingIn(folder)),
    );
    if (!result.works) return undefined;
    linkBinding(this.#package, bindingIn(folder));
    return { variant, way: 'wheel', version: result.version, gpu: result.gpu };
  }

  /**
   * A binding that somebody else has put in place.
   *
   * @param {Variant} variant
   * @returns {Promise<Found | undefined>}
   */
  async #existing(variant) {
    const binding = bindingInPlace(this.#package);
    const ours = binding?.startsWith(tensorflowFolder());
    if (binding === undefined || ours) return undefined;
    const result = await withProgress('Trying the TensorFlow that is installed', () =>
      verifyTensorflow(this.#package),
    );
    if (!result.works || (variant === 'gpu' && !result.gpu)) return undefined;
    return { variant, way: 'existing', version: result.version, gpu: result.gpu };
  }

  /**
   * @param {Variant} variant
   * @returns {Promise<Found>}
   */
  async #fromWheel(variant) {
    const target = wheelTarget(thisMachine(), variant);
    if ('unsupported' in target) {
      throw new SetupProblem(`${target.unsupported}.`, 'Nothing can be installed to change that.');
    }
    // Not sooner: it needs npm packages, which launchers that import this file have yet to install.
    const { buildFromWheel } = await import('./build-from-wheel.mjs');
    const folder = buildFolder(target);
    const { gpu } = await buildFromWheel({
      target,
      packageFolder: this.#package,
      headers: nodeApiHeaders(this.#root),
      cache: tensorflowFolder(),
      folder,
      inputs: bindingInputs(this.#package, target),
    });
    linkBinding(this.#package, bindingIn(folder));
    return { variant, way: 'wheel', version: target.version, gpu };
  }

  /** @returns {Promise<Found>} */
  async #prebuilt() {
    const variant = this.#gpu === undefined ? 'cpu' : 'gpu';
    await installPrebuilt(this.#package, this.#root, variant);
    const result = await verifyTensorflow(this.#package);
    if (!result.works) {
      throw new SetupProblem(
        `tfjs-node’s own libraries do not run here: ${result.reason}.`,
        'Install a C++ compiler, then run "npm run setup:tensorflow": newer ones can be used then.',
      );
    }
    return { variant, way: 'prebuilt', version: result.version, gpu: result.gpu };
  }

  /** @param {Found | undefined} found */
  #report(found) {
    const at = new Date().toISOString();
    if (found?.gpu === false && this.#gpu !== undefined && this.#problems.length === 0) {
      this.#problems.push(
        new SetupProblem(
          `TensorFlow runs, but does not find the GPU (${this.#gpu}).`,
          'Update the NVIDIA driver to one for CUDA 12.5 or later; nothing has to be set up again.',
        ),
      );
    }
    const [first] = this.#problems;
    const failure = first && {
      at,
      reason: this.#problems.map((problem) => problem.message).join(' '),
      advice: first.advice,
      circumstances: setupCircumstances(this.#root),
    };
    writeReport({
      state: found ? 'ready' : 'failed',
      ...(found && { ...found, at }),
      ...(failure && { failure }),
    });
    if (found) {
      const device = found.gpu ? `on the GPU (${this.#gpu})` : 'on the CPU';
      say(`TensorFlow ${found.version} is set up and computes correctly ${device}.`);
    }
    if (failure) explainFailure(failure, found !== undefined);
  }
}

/**
 * Says in two lines why TensorFlow is not as it could be, and what to do.
 *
 * @param {import('./setup-report.mjs').SetupFailure} failure
 * @param {boolean} works whether TensorFlow works all the same, in a lesser way
 */
export function explainFailure(failure, works) {
  say(failure.reason);
  say(
    works ? failure.advice : `${failure.advice} Until then Loupe runs on WebAssembly, more slowly.`,
  );
}
