// Run by verify.mjs in a process of its own, which a faulty native library may end.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

const [packageFolder, binding] = process.argv.slice(2);
if (packageFolder === undefined) throw new Error('The folder of tfjs-node-gpu is missing.');
const load = createRequire(join(packageFolder, 'package.json'));

// tfjs-node 4.22 uses two functions that Node 23 removed.
const functions = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (util));
functions.isNullOrUndefined ??= (/** @type {unknown} */ value) => value == null;
functions.isArray ??= Array.isArray;

// The package asks node-pre-gyp where its native part is; one not in place yet is tried this way.
if (binding) {
  const original = load('@mapbox/node-pre-gyp');
  const cached = load.cache[load.resolve('@mapbox/node-pre-gyp')];
  if (cached) cached.exports = { ...original, find: () => binding };
}
const tf = load(packageFolder);

const [rows, inner, columns] = [37, 96, 41];
const left = Float32Array.from({ length: rows * inner }, (_, i) => Math.sin(i * 0.7));
const right = Float32Array.from({ length: inner * columns }, (_, i) => Math.cos(i * 1.3));
const product = tf.matMul(tf.tensor2d(left, [rows, inner]), tf.tensor2d(right, [inner, columns]));
const values = product.dataSync();
let largestError = 0;
for (let r = 0; r < rows; r++) {
  for (let c = 0; c < columns; c++) {
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum += (left[r * inner + k] ?? 0) * (right[k * columns + c] ?? 0);
    }
    // The comparison also catches a product that is not a number.
    const error = Math.abs(sum - values[r * columns + c]);
    if (!(error <= largestError)) largestError = error;
  }
}
const backend = tf.backend();
process.stdout.write(
  `\n${JSON.stringify({
    version: backend.binding.TF_Version,
    gpu: backend.isUsingGpuDevice === true,
    largestError: Number.isNaN(largestError) ? null : largestError,
  })}\n`,
);
