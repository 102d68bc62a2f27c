import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInForeground } from './foreground.mjs';
import { stopWith } from './launch-error.mjs';
import { prepare } from './prepare.mjs';
import { projectRoot } from './project-root.mjs';
import { serverEnvironment } from './run-server.mjs';
import { say } from './say.mjs';

/** What the server and its engine are made of; the engine is another process, unseen by tsx. */
const SOURCES = ['server/src/**/*.ts', 'shared/src/**/*.ts'];

/**
 * Serves the API, which starts again when a source of the server or the engine changes, and the page,
 * which Vite updates in place and whose requests it passes on to the API. Ctrl-C ends both.
 *
 * @param {string[]} args options of Vite, as `--port 5200`
 */
export async function develop(args) {
  try {
    await prepare(projectRoot, { client: false, server: false, tensorflow: true });
    say(
      'The page that reloads is at the address that Vite prints; at the server’s own is the built one.',
    );
    process.exitCode = await runInForeground([serverProgram(), pageProgram(args)]);
  } catch (thrown) {
    stopWith(thrown);
  }
}

/** @returns {import('./foreground.mjs').Program} */
function serverProgram() {
  const tsx = createRequire(join(projectRoot, 'package.json')).resolve('tsx/cli');
  const watch = [
    ...['watch', '--clear-screen=false', '--tsconfig', 'server/tsconfig.json'],
    ...SOURCES.flatMap((sources) => ['--include', sources]),
    ...['--exclude', '**/*.test.ts'],
  ];
  return {
    args: [tsx, ...watch, 'server/src/cli.ts', 'serve'],
    cwd: projectRoot,
    env: serverEnvironment(),
    // Neither reads what is typed: at Enter tsx would start the server again.
    stdio: ['ignore', 'inherit', 'inherit'],
  };
}

/**
 * @param {string[]} args
 * @returns {import('./foreground.mjs').Program}
 */
function pageProgram(args) {
  const vite = join(projectRoot, 'node_modules/vite/bin/vite.js');
  return {
    args: [vite, '--clearScreen', 'false', ...args],
    cwd: join(projectRoot, 'client'),
    env: process.env,
    stdio: ['ignore', 'inherit', 'inherit'],
  };
}
