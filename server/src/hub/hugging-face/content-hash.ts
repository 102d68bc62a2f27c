import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const SLICE_BYTES = 256 * 1024;

/**
 * A hash by which the hub names a file's content: SHA-256 for what it stores apart (LFS), and Git's
 * blob id, a SHA-1, for what lies in the repository itself.
 */
export interface ContentHash {
  algorithm: 'sha256' | 'git-sha1';
  /** Lower-case hexadecimal. */
  digest: string;
}

/** The hash that an ETag, or the name of a blob in the hub's cache, states; undefined if none. */
export function parseContentHash(text: string | undefined): ContentHash | undefined {
  if (text === undefined) return undefined;
  const digest = text.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digest)) return { algorithm: 'sha256', digest };
  if (/^[0-9a-f]{40}$/.test(digest)) return { algorithm: 'git-sha1', digest };
  return undefined;
}

/**
 * A hash to feed a file's content to.
 *
 * @param size bytes of the whole content, which Git puts before it
 */
export function startHash(algorithm: ContentHash['algorithm'], size: number): Hash {
  if (algorithm === 'sha256') return createHash('sha256');
  return createHash('sha1').update(`blob ${size}\0`);
}

/** Feeds a file to a hash, which shares the event loop with others. */
export async function hashFile(path: string, hash: Hash, signal?: AbortSignal): Promise<void> {
  const slices = createReadStream(path, { highWaterMark: SLICE_BYTES, signal });
  for await (const slice of slices) hash.update(slice);
}

/** True if a file is there, is as long as it should be and has the hash, where one is known. */
export async function hasContent(
  path: string,
  size: number | undefined,
  hash: ContentHash | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || (size !== undefined && found.size !== size)) return false;
  if (!hash) return true;
  const state = startHash(hash.algorithm, found.size);
  await hashFile(path, state, signal);
  return state.digest('hex') === hash.digest;
}
