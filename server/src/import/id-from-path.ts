import { basename, extname, resolve } from 'node:path';

/** A snapshot in Hugging Face's cache: `models--<owner>--<name>/snapshots/<commit>`. */
const SNAPSHOT = /models--(?:[^/\\]+--)?([^/\\]+)[/\\]snapshots[/\\][0-9a-f]{40}$/;

/**
 * An id after a file or folder: what ids cannot have becomes a dash. Snapshots in Hugging Face's cache are
 * called after their repository.
 */
export function idFromPath(path: string): string {
  const whole = resolve(path);
  const name = SNAPSHOT.exec(whole)?.[1] ?? basename(whole);
  const bare = /\.(pt|pth|bin|safetensors)$/.test(name)
    ? name.slice(0, -extname(name).length)
    : name;
  return bare
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+|-+$/g, '')
    .slice(0, 60);
}
