import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  bindingIdentity,
  bindingInPlace,
  bindingPlace,
  linkBinding,
  removeDanglingLink,
} from '../../scripts/lib/tensorflow/binding-place.mjs';
import { bindingInputs, compileArguments } from '../../scripts/lib/tensorflow/compile-binding.mjs';
import { announcedBytes, pipDownloadArguments } from '../../scripts/lib/tensorflow/pip.mjs';
import { restingFailure } from '../../scripts/lib/tensorflow/setup-report.mjs';
import { wheelTarget } from '../../scripts/lib/tensorflow/target.mjs';
import {
  metadataFile,
  nvidiaLibraries,
  tensorflowFiles,
} from '../../scripts/lib/tensorflow/wheel-contents.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const machine = { platform: 'linux', arch: 'x64', glibc: '2.36' };

function target() {
  const found = wheelTarget(machine, 'cpu');
  if ('unsupported' in found) throw new Error(found.unsupported);
  return found;
}

test('pip is asked for a wheel of a fixed Python and of every platform that will do', () => {
  const args = pipDownloadArguments('tensorflow-cpu==2.21.0', ['manylinux_2_27_x86_64', 'b'], 'to');
  const line = args.join(' ');
  expect(line).toContain('download --no-deps --only-binary=:all:');
  expect(line).toContain('--python-version 3.12 --implementation cp --abi cp312');
  expect(line).toContain('--platform manylinux_2_27_x86_64 --platform b');
  expect(args.at(-1)).toBe('tensorflow-cpu==2.21.0');
});

test('reads the size that pip announces', () => {
  const line = '  Downloading tensorflow_cpu-2.21.0-cp312-cp312-any.whl (274.0 MB)\n';
  expect(announcedBytes(line)).toBe(274e6);
  expect(announcedBytes('Downloading a.whl (3.4 kB)')).toBe(3400);
  expect(announcedBytes('Downloading a.whl (1.2GB)')).toBe(1.2e9);
  expect(announcedBytes('Looking in indexes (5 MB)')).toBeUndefined();
});

test('of wheels only libraries, headers and metadata are wanted', () => {
  const wanted = tensorflowFiles(target());
  expect(wanted('tensorflow/libtensorflow_cc.so.2')).toBe(true);
  expect(wanted('tensorflow/include/tensorflow/c/eager/c_api.h')).toBe(true);
  expect(wanted('tensorflow/include/external/llvm/a.h')).toBe(false);
  expect(wanted('tensorflow/include/tensorflow/c/BUILD')).toBe(false);
  expect(wanted('tensorflow/python/_pywrap_tfe.so')).toBe(false);
  expect(nvidiaLibraries('nvidia/cublas/lib/libcublas.so.12')).toBe(true);
  expect(nvidiaLibraries('nvidia/cuda_nvcc/nvvm/lib64/libnvvm.so')).toBe(true);
  expect(nvidiaLibraries('nvidia/cublas/include/cublas.h')).toBe(false);
  expect(nvidiaLibraries('nvidia/cublas/lib/libx.so.txt')).toBe(false);
  expect(metadataFile('tensorflow-2.21.0.dist-info/METADATA')).toBe(true);
  expect(metadataFile('tensorflow/x.dist-info/METADATA')).toBe(false);
});

test('the compiler is told where libraries and headers are, and the result finds them beside it', () => {
  const paths = { headers: '/h', tensorflow: '/t', libraries: ['liba.so.2'], output: '/t/b.node' };
  const linux = compileArguments(paths, 'linux');
  expect(linux).toContain('-Wl,-rpath,$ORIGIN');
  expect(linux).toContain(join('/t', 'liba.so.2'));
  expect(linux).toContain(join('/t', 'include'));
  const mac = compileArguments(paths, 'darwin');
  expect(mac).toContain('-Wl,-rpath,@loader_path');
  expect(mac.slice(-2)).toEqual(['-undefined', 'dynamic_lookup']);
});

test('a binding depends on the package’s sources and on the wheel', () => {
  mkdirSync(join(folder, 'binding'));
  writeFileSync(join(folder, 'binding/tfjs_backend.cc'), 'one');
  const before = bindingInputs(folder, target());
  expect(bindingInputs(folder, target())).toBe(before);
  expect(bindingInputs(folder, { ...target(), version: '2.22.0' })).not.toBe(before);
  expect(bindingInputs(folder, { ...target(), name: 'tensorflow' })).not.toBe(before);
  writeFileSync(join(folder, 'binding/tfjs_backend.cc'), 'two');
  expect(bindingInputs(folder, target())).not.toBe(before);
});

test('a link to the binding replaces what was in its place, and goes when it leads nowhere', () => {
  const own = join(folder, 'package');
  const binding = join(folder, 'built.node');
  writeFileSync(binding, 'built');
  expect(bindingInPlace(own)).toBeUndefined();
  expect(bindingIdentity(undefined)).toBe('none');
  mkdirSync(join(bindingPlace(own), '..'), { recursive: true });
  writeFileSync(bindingPlace(own), 'somebody else’s');
  const before = bindingIdentity(bindingInPlace(own));
  linkBinding(own, binding);
  expect(bindingInPlace(own)).toBe(binding);
  expect(bindingIdentity(bindingInPlace(own))).not.toBe(before);
  removeDanglingLink(own);
  expect(bindingInPlace(own)).toBe(binding);
  linkBinding(own, join(folder, 'nowhere.node'));
  expect(bindingInPlace(own)).toBeUndefined();
  removeDanglingLink(own);
  linkBinding(own, binding);
  expect(bindingInPlace(own)).toBe(binding);
});

test('a failure rests for a day while nothing changes', () => {
  const at = '2026-05-01T12:00:00Z';
  const failure = { at, reason: 'no compiler', advice: 'install one', circumstances: 'a' };
  const report = { state: 'failed', failure } as const;
  const hour = 3_600_000;
  const then = Date.parse(at);
  expect(restingFailure(report, 'a', then + 23 * hour)).toBe(failure);
  expect(restingFailure(report, 'a', then + 25 * hour)).toBeUndefined();
  expect(restingFailure(report, 'b', then + hour)).toBeUndefined();
  expect(restingFailure(undefined, 'a', then)).toBeUndefined();
  expect(restingFailure({ state: 'ready' }, 'a', then)).toBeUndefined();
});
