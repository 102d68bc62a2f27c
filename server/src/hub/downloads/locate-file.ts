import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import type { HubCache } from '../hugging-face/cache.ts';
import type { HubClient } from '../hugging-face/client.ts';
import type { ContentHash } from '../hugging-face/content-hash.ts';
import { downloadError, HubConnectionError } from '../hugging-face/failures.ts';
import { type RemoteFile, repositoryPage, resolveUrl } from '../hugging-face/remote-file.ts';
import { partialPath } from './fetch-file.ts';
import { byHandPath, type DownloadPlaces } from './places.ts';
import type { WantedFile } from './wanted.ts';

/** A file that is on this machine already, by its length. Its hash is not compared yet. */
export interface LocalFile {
  file: string;
  size: number;
  /** Undefined where nobody says what it should be. */
  hash: ContentHash | undefined;
  /** True for what Loupe fetched itself. */
  movable: boolean;
}

/** A file that is needed, and where it is or can be had. */
export interface PlannedFile extends WantedFile {
  size: number;
  commit: string;
  /** Where it will be once fetched. */
  target: string;
  /** What the hub announces; undefined where it was not asked, and then `local` is there. */
  remote: RemoteFile | undefined;
  local: LocalFile | undefined;
  /** Bytes that an earlier attempt has left. */
  partialBytes: number;
}

/** Where files are looked for. */
export interface Surroundings {
  /** Undefined where the hub is not to be asked. */
  client: HubClient | undefined;
  endpoint: string;
  cache: HubCache;
  places: DownloadPlaces;
  /** Folder in which files may lie that someone put there by hand. */
  byHand: string;
}

/**
 * Finds out where a file can be had: in what Loupe has fetched before, in the user's Hugging Face
 * cache, put there by hand, or from the hub.
 *
 * @returns undefined if it is nowhere and the hub was not asked
 * @throws HubConnectionError if the hub cannot be reached and the file is not here
 * @throws LoupeError `LOUPE_DOWNLOAD_FAILED` if the hub does not give it
 */
export async function locateFile(
  wanted: WantedFile,
  around: Surroundings,
  signal: AbortSignal,
): Promise<PlannedFile | undefined> {
  const cached = await around.cache.find(wanted);
  // A commit's content does not change: then the hub need not be asked.
  if (cached?.hash && cached.commit === wanted.revision) {
    return withoutHub(wanted, around, cached.commit, { ...cached, movable: false });
  }
  if (around.client) return locateAnnounced(wanted, around.client, around, signal);
  const found = await findByHand(wanted, around.byHand, wanted.bytes);
  if (found) return withoutHub(wanted, around, wanted.revision, found);
  return cached && withoutHub(wanted, around, cached.commit, { ...cached, movable: false });
}

async function locateAnnounced(
  wanted: WantedFile,
  client: HubClient,
  { endpoint, cache, places, byHand }: Surroundings,
  signal: AbortSignal,
): Promise<PlannedFile> {
  const { repository, path } = wanted;
  const remote = await client.describe(wanted, signal).catch((thrown: unknown) => {
    if (thrown instanceof HubConnectionError) throw thrown;
    const page = repositoryPage(endpoint, repository);
    throw downloadError(thrown, `${path} of ${repository}`, page);
  });
  const { size, hash, commit } = remote;
  const target = places.arrived(wanted, commit);
  const local = async (): Promise<LocalFile | undefined> => {
    if ((await sizeOf(target)) === size) return { file: target, size, hash, movable: true };
    const cached = await cache.findAnnounced(remote);
    if (cached) return { ...cached, movable: false };
    const found = await findByHand(wanted, byHand, size);
    return found && { ...found, hash };
  };
  const found = await local();
  const partialBytes = found ? 0 : ((await sizeOf(partialPath(target, remote))) ?? 0);
  return { ...wanted, size, commit, target, remote, local: found, partialBytes };
}

function withoutHub(
  wanted: WantedFile,
  { places }: Surroundings,
  commit: string,
  local: LocalFile,
): PlannedFile {
  return {
    ...wanted,
    size: local.size,
    commit,
    target: places.arrived(wanted, commit),
    remote: undefined,
    local,
    partialBytes: 0,
  };
}

/** A file put by hand. */
async function findByHand(
  wanted: WantedFile,
  folder: string,
  size: number | undefined,
): Promise<LocalFile | undefined> {
  const file = join(folder, byHandPath(wanted));
  const found = await sizeOf(file);
  if (found === undefined || (size !== undefined && found !== size)) return undefined;
  return { file, size: found, hash: undefined, movable: false };
}

/**
 * What to say where files are neither here nor to be had.
 *
 * @param why the hub was not asked or did not answer
 */
export function offlineError(
  missing: readonly WantedFile[],
  { endpoint, byHand }: Pick<Surroundings, 'endpoint' | 'byHand'>,
  why: string,
): LoupeError {
  const files = missing.map((file) => ({
    url: resolveUrl(endpoint, file).href,
    path: byHandPath(file),
  }));
  const what = files.length === 1 ? 'this file' : `these ${files.length} files`;
  return new LoupeError(
    'LOUPE_OFFLINE',
    `${why} Fetch ${what} on a machine with internet, put ${files.length === 1 ? 'it' : 'them'} ` +
      `into ${byHand} and run "npm run loupe -- import ${byHand}":\n` +
      files.map(({ url, path }) => `  ${url}\n    as ${path}`).join('\n'),
    { folder: byHand, files },
  );
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
