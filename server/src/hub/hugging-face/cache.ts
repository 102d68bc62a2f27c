import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ContentHash, hasContent, parseContentHash } from './content-hash.ts';
import type { RemoteFile, RepositoryFile } from './remote-file.ts';

/** A file of the user's Hugging Face cache, not yet read. */
export interface CachedFile {
  /** Where it is, links resolved. */
  file: string;
  size: number;
  commit: string;
  /** The hash that it should have, where it is known. */
  hash: ContentHash | undefined;
}

/**
 * The cache that Hugging Face's tools share: `models--org--name/{refs,blobs,snapshots}`. A snapshot
 * holds links to blobs, which are named by their hash; on systems without links it holds the files
 * themselves. It is only read.
 */
export class HubCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A file that has the content announced, or undefined. Its content is not compared yet. */
  async findAnnounced(remote: RemoteFile): Promise<CachedFile | undefined> {
    const { commit, etag, size, hash } = remote;
    const repository = this.#repository(remote.repository);
    // By its content first: other revisions of the repository may hold the same.
    const places = [
      ...(hash ? [join(repository, 'blobs', etag)] : []),
      join(repository, 'snapshots', commit, remote.path),
    ];
    for (const place of places) {
      const found = await locate(place);
      if (found?.size === size) return { ...found, commit, hash };
    }
    return undefined;
  }

  /** What the cache holds for a file, without the hub being asked. */
  async find(wanted: RepositoryFile): Promise<CachedFile | undefined> {
    const repository = this.#repository(wanted.repository);
    const commit = await readCommit(repository, wanted.revision);
    if (commit === undefined) return undefined;
    const found = await locate(join(repository, 'snapshots', commit, wanted.path));
    return found && { ...found, commit, hash: parseContentHash(basename(found.file)) };
  }

  #repository(name: string): string {
    return join(this.#folder, `models--${name.replaceAll('/', '--')}`);
  }
}

/**
 * The snapshot of a model's main revision in the cache, as a folder; undefined where there is none.
 *
 * @param repository `owner/name`, or a bare name as of the hub's first models
 */
export async function cachedSnapshot(
  cacheFolder: string,
  repository: string,
): Promise<string | undefined> {
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(repository)) return undefined;
  const folder = join(cacheFolder, `models--${repository.replaceAll('/', '--')}`);
  const commit = await readCommit(folder, 'main');
  if (commit === undefined) return undefined;
  const snapshot = join(folder, 'snapshots', commit);
  const found = await stat(snapshot).catch(() => undefined);
  return found?.isDirectory() ? snapshot : undefined;
}

/** True if a file of the cache is undamaged. */
export function isUndamaged({ file, size, hash }: CachedFile, signal: AbortSignal) {
  return hasContent(file, size, hash, signal);
}

/** The commit that the cache knows a revision as. */
async function readCommit(repository: string, revision: string): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const text = await readFile(join(repository, 'refs', revision), 'utf8').catch(() => '');
  const commit = text.trim();
  return /^[0-9a-zA-Z]+$/.test(commit) ? commit : undefined;
}

async function locate(path: string): Promise<{ file: string; size: number } | undefined> {
  try {
    const file = await realpath(path);
    const found = await stat(file);
    return found.isFile() ? { file, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}
