import { fileURLToPath } from 'node:url';
import { errorLine, lastLines, runCommand } from '../run-command.mjs';

/** Products of 96 numbers up to 1 differ by a few units of the seventh digit. */
const TOLERANCE = 1e-3;
const TIMEOUT_MS = 300_000;

/** @typedef {{ works: true, version: string, gpu: boolean }} Works */
/** @typedef {{ works: false, reason: string }} Fails */

/**
 * Loads TensorFlow in another process and compares a matrix product with one made in JavaScript.
 *
 * @param {string} packageFolder of tfjs-node-gpu
 * @param {string} [binding] one to load in place of the package's own
 * @returns {Promise<Works | Fails>}
 */
export async function verifyTensorflow(packageFolder, binding) {
  const child = fileURLToPath(new URL('./verify-child.mjs', import.meta.url));
  const args = [child, packageFolder, ...(binding === undefined ? [] : [binding])];
  const result = await runCommand(process.execPath, args, {
    timeoutMs: TIMEOUT_MS,
    env: {
      ...process.env,
      TF_CPP_MIN_LOG_LEVEL: '2',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      NVIDIA_TF32_OVERRIDE: '0',
    },
  });
  if (result.timedOut) return { works: false, reason: 'loading it takes too long' };
  if (result.signal === 'SIGILL') {
    return { works: false, reason: 'this processor lacks instructions that it needs (AVX)' };
  }
  if (result.signal !== undefined) return { works: false, reason: `it ends with ${result.signal}` };
  if (result.status !== 0) return { works: false, reason: errorLine(result.stderr) };
  try {
    const { version, gpu, largestError } = JSON.parse(lastLines(result.stdout));
    if (typeof largestError === 'number' && largestError < TOLERANCE) {
      return { works: true, version, gpu };
    }
    return { works: false, reason: `its matrix product is wrong (by ${largestError})` };
  } catch {
    return { works: false, reason: 'it printed no result' };
  }
}
