import { homedir } from 'node:os';
import { sep } from 'node:path';

/**
 * A path of the environment with `~` and `$NAME` or `${NAME}` replaced, as Python's `expanduser` and
 * `expandvars` do it, and so Hugging Face's tools: env files, systemd and quotes hand them on as they are.
 * Names that are not set stay.
 *
 * @returns undefined for a path that is not set, or empty
 */
export function expandPath(
  path: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (!path) return undefined;
  const home = environment.HOME || homedir();
  const own = path === '~' || path.startsWith('~/') || path.startsWith(`~${sep}`);
  return (own ? home + path.slice(1) : path).replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (whole, bare: string | undefined, braced: string | undefined) =>
      environment[bare ?? braced ?? ''] ?? whole,
  );
}
