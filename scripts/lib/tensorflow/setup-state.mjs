import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { readJson, writeJson } from '../json-file.mjs';
import { bindingIdentity, bindingInPlace, packageFolder } from './binding-place.mjs';
import { readBuild } from './cached-build.mjs';
import { compilerCandidates } from './compiler.mjs';
import { nvidiaGpu, wantedVariants } from './nvidia-gpu.mjs';
import { readReport, restingFailure, tensorflowFolder } from './setup-report.mjs';
import { TENSORFLOW_VERSION } from './target.mjs';

/**
 * What a start has to do about TensorFlow: nothing because it works, nothing because an attempt
 * failed lately, or set it up.
 *
 * @typedef {{ kind: 'ready' } | { kind: 'resting', failure: import('./setup-report.mjs').SetupFailure }
 *   | { kind: 'needed' }} SetupState
 */

/** @param {string} root */
function stampPath(root) {
  return join(root, 'node_modules/.loupe/tensorflow.json');
}

/**
 * Remembers that the binding in place has been tried and works.
 *
 * @param {string} root
 * @param {import('./target.mjs').Variant} variant
 */
export function stampTensorflow(root, variant) {
  const binding = bindingIdentity(bindingInPlace(packageFolder(root)));
  writeJson(stampPath(root), { binding, variant, version: TENSORFLOW_VERSION, node: nodeMajor() });
}

/**
 * What may make another attempt end otherwise, as a hash.
 *
 * @param {string} root
 */
export function setupCircumstances(root) {
  const facts = [
    TENSORFLOW_VERSION,
    `${process.platform} ${process.arch} Node ${nodeMajor()}`,
    nvidiaGpu() ?? 'no GPU',
    compilerCandidates()[0] ?? 'no compiler',
    bindingIdentity(bindingInPlace(packageFolder(root))),
    process.env.PIP_INDEX_URL ?? '',
  ];
  // As a hash, because the index's address may hold a password.
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/**
 * Looks, without loading TensorFlow, whether it is set up.
 *
 * @param {string} root
 * @returns {SetupState}
 */
export function setupState(root) {
  const variant = verifiedVariant(root);
  const [best] = wantedVariants(nvidiaGpu());
  // That for the GPU computes without one too.
  const isEnough = variant === 'gpu' && process.env.LOUPE_TENSORFLOW !== 'cpu';
  if (variant === best || isEnough) return { kind: 'ready' };
  const failure = restingFailure(readReport(), setupCircumstances(root));
  if (failure === undefined) return { kind: 'needed' };
  return variant === undefined ? { kind: 'resting', failure } : { kind: 'ready' };
}

/**
 * Which build is in place and has been tried as it is.
 *
 * @param {string} root
 * @returns {import('./target.mjs').Variant | undefined}
 */
function verifiedVariant(root) {
  const stamp = readJson(stampPath(root));
  const binding = bindingInPlace(packageFolder(root));
  if (stamp?.version !== TENSORFLOW_VERSION || stamp.node !== nodeMajor()) return undefined;
  if (binding === undefined || stamp.binding !== bindingIdentity(binding)) return undefined;
  if (binding.startsWith(tensorflowFolder()) && !readBuild(dirname(dirname(binding)))) {
    return undefined;
  }
  return stamp.variant;
}

function nodeMajor() {
  return process.versions.node.split('.')[0];
}
