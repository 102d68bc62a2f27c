import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where what can be fetched or built again is kept, outside any checkout: `LOUPE_CACHE` if set, else
 * `loupe` in the platform's cache folder (`XDG_CACHE_HOME` or `~/.cache`; `~/Library/Caches`;
 * `%LOCALAPPDATA%`).
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 * @param {string} [home]
 */
export function cacheFolder(env = process.env, platform = process.platform, home = homedir()) {
  if (env.LOUPE_CACHE) return resolve(expandPath(env.LOUPE_CACHE, env, home));
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'loupe');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'loupe', 'Cache');
  }
  const caches = env.XDG_CACHE_HOME ? expandPath(env.XDG_CACHE_HOME, env, home) : undefined;
  return join(caches ?? join(home, '.cache'), 'loupe');
}

/**
 * `~` and variables in a path of the environment, as the server expands them in its own
 * (`server/src/expand-path.ts`, which scripts without a build cannot import).
 *
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 * @param {string} home
 */
function expandPath(path, env, home) {
  return path
    .replace(/^~(?=$|[/\\])/, () => home)
    .replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare, braced) => env[bare ?? braced] ?? whole);
}
