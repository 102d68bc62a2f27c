import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { atExit } from '../clean-exit.mjs';
import { withProgress } from '../progress.mjs';
import { say } from '../say.mjs';
import { formatBytes } from '../sizes.mjs';
import {
  bindingIn,
  downloadsFolder,
  publishBuild,
  removeDownloads,
  workFolder,
} from './cached-build.mjs';
import { compileBinding } from './compile-binding.mjs';
import { findCompiler } from './compiler.mjs';
import { WheelFetcher } from './fetch-wheel.mjs';
import { SetupProblem } from './setup-problem.mjs';
import { readZippedText, unzip } from './unzip.mjs';
import { verifyTensorflow } from './verify.mjs';
import { extraRequirements } from './version.mjs';
import { metadataFile, nvidiaLibraries, tensorflowFiles } from './wheel-contents.mjs';
import { parseWheelName } from './wheel-name.mjs';

/** Bytes to fetch, and those on disk at the highest, wheels and libraries together. */
const SIZES = { cpu: { fetch: 280e6, disk: 1.3e9 }, gpu: { fetch: 3.4e9, disk: 9e9 } };

/**
 * @typedef {object} WheelJob
 * @property {import('./target.mjs').Target} target
 * @property {string} packageFolder of tfjs-node-gpu
 * @property {string} headers folder of Node-API's
 * @property {string} cache the folder of all builds
 * @property {string} folder where the build shall be
 * @property {string} inputs hash of what the binding is compiled from
 */

/**
 * Fetches TensorFlow's wheel, unpacks its libraries, compiles the binding against them, tries the
 * result and only then puts it into the cache.
 *
 * @param {WheelJob} job
 * @returns {Promise<{ gpu: boolean }>} whether it found a GPU
 * @throws SetupProblem saying which step failed
 */
export async function buildFromWheel(job) {
  const { target, cache } = job;
  const compiler = await findCompiler();
  if (compiler === undefined) {
    throw new SetupProblem(
      'TensorFlow’s binding cannot be compiled: there is no C++ compiler that works.',
      'Install a C++ compiler (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install), then run "npm run setup:tensorflow".',
    );
  }
  const sizes = SIZES[target.variant];
  mkdirSync(cache, { recursive: true });
  checkSpace(cache, sizes.disk);
  say(
    `Setting up TensorFlow ${target.version}${target.variant === 'gpu' ? ' for the GPU' : ''}: ` +
      `${formatBytes(sizes.fetch)} to fetch, once. LOUPE_SKIP_TENSORFLOW=1 skips it.`,
  );
  const downloads = downloadsFolder(cache);
  const wheels = await fetchWheels(downloads, target);
  const work = workFolder(cache);
  const clean = () => rmSync(work, { recursive: true, force: true });
  const forget = atExit(clean);
  try {
    await unpackWheels(wheels, work, target);
    const tensorflow = join(work, 'tensorflow');
    await withProgress('Compiling the binding (some 15 seconds)', () =>
      compileBinding(compiler, job.packageFolder, {
        headers: job.headers,
        tensorflow,
        libraries: target.libraries,
        output: bindingIn(work),
      }),
    );
    rmSync(join(tensorflow, 'include'), { recursive: true });
    const result = await withProgress('Trying a matrix product', () =>
      verifyTensorflow(job.packageFolder, bindingIn(work)),
    );
    if (!result.works) {
      throw new SetupProblem(
        `TensorFlow ${target.version} does not run here: ${result.reason}.`,
        'This machine may be too old for it, or the C++ compiler does not fit the system.',
      );
    }
    const { inputs } = job;
    publishBuild(work, job.folder, { inputs, version: target.version, variant: target.variant });
    return { gpu: result.gpu };
  } finally {
    clean();
    forget();
    // Kept only for an attempt that broke off while fetching.
    removeDownloads(cache);
  }
}

/**
 * @param {string} folder
 * @param {number} needed bytes
 */
function checkSpace(folder, needed) {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new SetupProblem(
    `Setting up TensorFlow takes ${formatBytes(needed)} of disk, and ${folder} has ${formatBytes(free)}.`,
    'Make room, or set LOUPE_CACHE to a folder on another disk, then run "npm run setup:tensorflow".',
  );
}

/**
 * @param {string} folder
 * @param {import('./target.mjs').Target} target
 * @returns {Promise<string[]>} paths, TensorFlow's own first
 */
async function fetchWheels(folder, target) {
  const { name, version } = target;
  const fetcher = new WheelFetcher(folder, target.platforms);
  try {
    const wheel = await fetcher.fetch({
      name,
      clauses: [{ operator: '==', version }],
      text: `${name}==${version}`,
    });
    const wheels = [wheel];
    if (target.variant === 'gpu') {
      const metadata = (await readZippedText(wheel, metadataFile)) ?? '';
      for (const requirement of extraRequirements(metadata, 'and-cuda')) {
        wheels.push(await fetcher.fetch(requirement));
      }
    }
    return wheels;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SetupProblem(
      `TensorFlow could not be fetched: ${reason.split('\n').at(-1)}.`,
      'Check the connection to the Python package index (or set PIP_INDEX_URL or HTTPS_PROXY), then run "npm run setup:tensorflow".',
    );
  }
}

/**
 * @param {string[]} wheels
 * @param {string} work
 * @param {import('./target.mjs').Target} target
 */
async function unpackWheels(wheels, work, target) {
  for (const [i, wheel] of wheels.entries()) {
    const wanted = i === 0 ? tensorflowFiles(target) : nvidiaLibraries;
    try {
      await withProgress(
        `Unpacking ${parseWheelName(basename(wheel))?.name ?? wheel}`,
        (progress) => unzip(wheel, work, wanted, (done, total) => progress.update(done, total)),
      );
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new SetupProblem(
        `${basename(wheel)} could not be unpacked: ${reason}`,
        'Run "npm run setup:tensorflow" to fetch it anew.',
      );
    }
  }
}
