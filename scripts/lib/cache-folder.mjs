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
  if (env.LOUPE_CACHE) return resolve(env.LOUPE_CACHE);
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'loupe');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'loupe', 'Cache');
  }
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'loupe');
}
