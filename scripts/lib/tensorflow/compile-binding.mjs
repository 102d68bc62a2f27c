import { join } from 'node:path';
import { filesBelow, hashFiles } from '../content-hash.mjs';
import { errorLine, runCommand } from '../run-command.mjs';
import { SetupProblem } from './setup-problem.mjs';

const SOURCES = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
const FLAGS = [
  ...['-shared', '-fPIC', '-O2', '-std=c++17', '-w'],
  ...['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'],
];

/**
 * What a compiled binding depends on, as a hash: the package's sources, the flags, and TensorFlow.
 *
 * @param {string} packageFolder of tfjs-node-gpu
 * @param {import('./target.mjs').Target} target
 */
export function bindingInputs(packageFolder, target) {
  const sources = filesBelow(packageFolder, 'binding');
  const { name, version, platforms } = target;
  return hashFiles(packageFolder, sources, [...FLAGS, name, version, platforms.at(-1) ?? '']);
}

/**
 * The compiler's arguments for building the package's binding against TensorFlow's libraries, which
 * lie in the folder that it is written to. It finds them from there, wherever that folder is moved.
 *
 * @param {object} paths
 * @param {string} paths.headers of Node-API
 * @param {string} paths.tensorflow folder that has the libraries and `include`
 * @param {string[]} paths.libraries file names
 * @param {string} paths.output
 * @param {string} [platform]
 */
export function compileArguments(
  { headers, tensorflow, libraries, output },
  platform = process.platform,
) {
  const mac = platform === 'darwin';
  return [
    ...FLAGS,
    ...['-I', headers, '-I', join(tensorflow, 'include'), '-I', '.'],
    ...SOURCES,
    ...['-o', output],
    ...libraries.map((name) => join(tensorflow, name)),
    mac ? '-Wl,-rpath,@loader_path' : '-Wl,-rpath,$ORIGIN',
    // Node itself provides the functions of Node-API when it loads the binding.
    ...(mac ? ['-undefined', 'dynamic_lookup'] : []),
  ];
}

/**
 * Builds the binding.
 *
 * @param {string} compiler
 * @param {string} packageFolder of tfjs-node-gpu
 * @param {Parameters<typeof compileArguments>[0]} paths
 * @throws SetupProblem with the compiler's last words
 */
export async function compileBinding(compiler, packageFolder, paths) {
  const result = await runCommand(compiler, compileArguments(paths), {
    cwd: packageFolder,
    timeoutMs: 600_000,
  });
  if (result.status === 0) return;
  throw new SetupProblem(
    `${compiler} could not compile the binding: ${errorLine(result.stderr)}`,
    'Install a current g++ or clang++ that knows C++17, then run "npm run setup:tensorflow".',
  );
}
