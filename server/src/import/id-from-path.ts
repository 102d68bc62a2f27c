import { basename, extname, resolve } from 'node:path';

/** An id after a file or folder: what ids cannot have becomes a dash. */
export function idFromPath(path: string): string {
  const name = basename(resolve(path));
  const bare = /\.(pt|pth|bin|safetensors)$/.test(name)
    ? name.slice(0, -extname(name).length)
    : name;
  return bare
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+|-+$/g, '')
    .slice(0, 60);
}
