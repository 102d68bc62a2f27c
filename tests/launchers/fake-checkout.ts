import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Stands in for tfjs-node-gpu: computes in JavaScript, wrongly if the binding's text says so. */
const PACKAGE = `
const { readFileSync } = require('node:fs');
const binding = require('@mapbox/node-pre-gyp').find();
const text = readFileSync(binding, 'utf8');
if (!text.startsWith('compiled')) throw new Error('not a binding');
exports.tensor2d = (values, shape) => ({ values, shape });
exports.matMul = (a, b) => {
  const [rows, inner] = a.shape;
  const columns = b.shape[1];
  const product = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      for (let k = 0; k < inner; k++)
        product[r * columns + c] += a.values[r * inner + k] * b.values[k * columns + c];
  if (text.includes('wrong')) product[5] += 0.1;
  return { dataSync: () => product };
};
exports.backend = () => ({ binding: { TF_Version: '2.21.0' }, isUsingGpuDevice: false });
`;

const NODE_PRE_GYP = `
const { join } = require('node:path');
exports.find = () =>
  join(__dirname, '../../@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
`;

/** Stands in for the package's own installer, which finds no network. */
const INSTALLER = "throw new Error('no network in this test');";

/**
 * Stands in for a C++ compiler. It writes the text of its environment's FAKE_BINDING, or fails on the
 * binding's sources, but not on what a compiler is tried out with, where that is unset.
 */
const COMPILER = `#!/bin/sh
out=a.out
for argument; do
  [ "$previous" = -o ] && out=$argument
  previous=$argument
done
if [ "$previous" != - ] && [ -z "$FAKE_BINDING" ]; then
  echo "tfjs_backend.cc:1: fatal error: out of patience" >&2
  exit 1
fi
echo "$FAKE_BINDING" > "$out"
`;

/** A checkout with made-up packages, and a made-up compiler. */
export interface FakeCheckout {
  root: string;
  compiler: string;
}

/** Makes a checkout below a folder in which TensorFlow can be set up in a moment. */
export function fakeCheckout(folder: string): FakeCheckout {
  const root = join(folder, 'checkout');
  const files: Record<string, string> = {
    'server/package.json': '{}',
    'node_modules/node-api-headers/package.json': '{}',
    'node_modules/@mapbox/node-pre-gyp/package.json': '{"main":"index.js"}',
    'node_modules/@mapbox/node-pre-gyp/index.js': NODE_PRE_GYP,
    'node_modules/@tensorflow/tfjs-node-gpu/package.json': '{"main":"index.js"}',
    'node_modules/@tensorflow/tfjs-node-gpu/index.js': PACKAGE,
    'node_modules/@tensorflow/tfjs-node-gpu/binding/tfjs_backend.cc': '',
    'node_modules/@tensorflow/tfjs-node-gpu/scripts/install.js': INSTALLER,
    'compiler.sh': COMPILER,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const compiler = join(root, 'compiler.sh');
  chmodSync(compiler, 0o755);
  return { root, compiler };
}
