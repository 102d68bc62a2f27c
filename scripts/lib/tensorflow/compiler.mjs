import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { runCommand } from '../run-command.mjs';

const NAMES = ['g++', 'clang++', 'c++'];

/**
 * Paths of the programs that may be C++ compilers: `CXX` first.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function compilerCandidates(env = process.env) {
  const names = env.CXX ? [env.CXX, ...NAMES] : NAMES;
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => {
    const paths = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
    const found = paths.find(isExecutable);
    return found === undefined ? [] : [found];
  });
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a C++ compiler that can make a shared library: it is tried out, since a compiler may come
 * without its library or, on macOS, as a program that only offers to install one.
 *
 * @returns {Promise<string | undefined>} its path
 */
export async function findCompiler() {
  const folder = mkdtempSync(join(tmpdir(), 'loupe-compiler-'));
  try {
    for (const path of compilerCandidates()) {
      const args = ['-shared', '-fPIC', '-std=c++17', '-x', 'c++', '-o', join(folder, 'a.so'), '-'];
      const input = '#include <memory>\n#include <string>\nstd::string f() { return "ok"; }\n';
      const result = await runCommand(path, args, { input, timeoutMs: 60_000 });
      if (result.status === 0) return path;
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
