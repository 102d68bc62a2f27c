import { type DownloadRequest, formatBytes, LoupeError, type ModelInfo } from '@loupe/shared';
import pLimit from 'p-limit';
import type { CatalogueEntries } from '../catalogue.ts';
import { HubCache } from '../hugging-face/cache.ts';
import { HubClient, type HubClientOptions } from '../hugging-face/client.ts';
import { HubConnectionError } from '../hugging-face/failures.ts';
import type { HubSettings } from '../hugging-face/settings.ts';
import { freeBytes } from './disk-space.ts';
import { locateFile, offlineError, type PlannedFile, type Surroundings } from './locate-file.ts';
import { DownloadPlaces } from './places.ts';
import { findWanted, type WantedFile, type WantedUnit } from './wanted.ts';

/** Files that the hub is asked for at a time. */
const QUESTIONS_AT_ONCE = 8;
/** Units that may be on their way at a time: fetched or half fetched, and not yet in the store. */
export const UNITS_AT_ONCE = 4;

/** What a request means: what is missing, whence it comes and what it takes. */
export interface DownloadPlan {
  request: DownloadRequest;
  /** For people. */
  title: string;
  units: readonly WantedUnit[];
  /** Of all units, each once, by `target`. */
  files: readonly PlannedFile[];
  /** Bytes of all files. */
  totalBytes: number;
  /** Bytes to fetch from the hub. */
  fetchBytes: number;
  /** The most bytes that the disk will have to take while this runs. */
  diskBytes: number;
  /** Bytes free there; undefined where it cannot be told. */
  freeBytes: number | undefined;
  /** Folder of it all. */
  home: string;
}

export interface PlanContext {
  /** LOUPE_HOME. */
  home: string;
  hub: HubSettings;
  catalogue: CatalogueEntries;
  /** Installed models. */
  models: () => readonly ModelInfo[];
  clientOptions?: HubClientOptions;
}

/**
 * Finds out what a request needs that is not installed, and where each file can be had: in the user's
 * Hugging Face cache, from an earlier attempt, put there by hand, or from the hub.
 *
 * @param byHand another folder of files put there by hand
 * @throws LoupeError `LOUPE_NOT_IN_CATALOGUE`, `LOUPE_OFFLINE`, `LOUPE_DOWNLOAD_FAILED`
 */
export async function planDownload(
  { home, hub, catalogue, models, clientOptions }: PlanContext,
  request: DownloadRequest,
  signal: AbortSignal,
  byHand?: string,
): Promise<DownloadPlan> {
  const { title, units } = findWanted(catalogue, models(), request);
  const places = new DownloadPlaces(home);
  const client = hub.offline ? undefined : new HubClient(hub, clientOptions);
  const around: Surroundings = {
    client,
    endpoint: hub.endpoint,
    cache: new HubCache(hub.cacheFolder),
    places,
    byHand: byHand ?? places.byHand(request.model),
  };
  try {
    const wanted = distinct(units.flatMap(({ files }) => files));
    const files = await locateAll(wanted, around, signal);
    return {
      request,
      title,
      units,
      files,
      totalBytes: sum(files.map(({ size }) => size)),
      fetchBytes: sum(files.map(missingBytes)),
      diskBytes: diskBytes(units, files),
      freeBytes: await freeBytes(home),
      home,
    };
  } finally {
    await client?.close();
  }
}

/**
 * Refuses what does not fit on the disk.
 *
 * @throws LoupeError `LOUPE_DISK_FULL`
 */
export function requireSpace({ diskBytes, freeBytes, home, title }: DownloadPlan): void {
  if (freeBytes === undefined || freeBytes >= diskBytes) return;
  throw new LoupeError(
    'LOUPE_DISK_FULL',
    `${title} needs ${formatBytes(diskBytes)} in ${home}, where ${formatBytes(freeBytes)} are free. ` +
      'Free some, choose fewer sets or layers, or set LOUPE_HOME to a folder on another disk.',
    { folder: home, neededBytes: diskBytes, freeBytes },
  );
}

/** Bytes of a file that are not on this machine. */
export function missingBytes({ local, size, partialBytes }: PlannedFile): number {
  return local ? 0 : size - partialBytes;
}

async function locateAll(
  wanted: readonly WantedFile[],
  around: Surroundings,
  signal: AbortSignal,
): Promise<PlannedFile[]> {
  if (!around.client) {
    return locateHere(wanted, around, 'HF_HUB_OFFLINE is set, so no hub is asked.', signal);
  }
  try {
    const files: PlannedFile[] = [];
    // One by one until the hub has answered, since it may be that there is no network.
    for (const file of wanted) {
      if (files.some(({ remote }) => remote)) break;
      files.push((await locateFile(file, around, signal)) as PlannedFile);
    }
    const limit = pLimit(QUESTIONS_AT_ONCE);
    const rest = await limit.map(wanted.slice(files.length), (file) =>
      locateFile(file, around, signal),
    );
    return [...files, ...(rest as PlannedFile[])];
  } catch (thrown) {
    if (!(thrown instanceof HubConnectionError)) throw thrown;
    const why = `The hub at ${around.endpoint} cannot be reached: ${thrown.message}.`;
    return locateHere(wanted, around, why, signal);
  }
}

/** As `locateAll`, with what is on this machine alone. */
async function locateHere(
  wanted: readonly WantedFile[],
  around: Surroundings,
  why: string,
  signal: AbortSignal,
): Promise<PlannedFile[]> {
  const alone = { ...around, client: undefined };
  const found = await Promise.all(wanted.map((file) => locateFile(file, alone, signal)));
  const missing = wanted.filter((_, index) => !found[index]);
  if (missing.length > 0) throw offlineError(missing, around, why);
  return found as PlannedFile[];
}

/** What units have in common, as a file of settings for all layers, is fetched once. */
function distinct(files: readonly WantedFile[]): WantedFile[] {
  return [...new Map(files.map((file) => [wantedKey(file), file])).values()];
}

/** A name for a file that no other has. */
export function wantedKey({ repository, revision, path }: WantedFile): string {
  return `${repository}@${revision}/${path}`;
}

/**
 * Everything as large as it was published, which the store's form is not larger than, and beside it
 * what is on its way at a time; less what of this is on the disk already.
 */
function diskBytes(units: readonly WantedUnit[], files: readonly PlannedFile[]): number {
  const byKey = new Map(files.map((file) => [wantedKey(file), file]));
  const fetched = (unit: WantedUnit) =>
    sum(unit.files.map((file) => byKey.get(wantedKey(file))).map((file) => inDownloads(file)));
  const onTheirWay = units
    .filter(({ kind }) => kind === 'source')
    .map(fetched)
    .sort((a, b) => b - a)
    .slice(0, UNITS_AT_ONCE);
  const there = files.map(({ local, partialBytes, size }) =>
    local?.movable ? size : partialBytes,
  );
  return Math.max(0, sum(files.map(({ size }) => size)) + sum(onTheirWay) - sum(there));
}

/** Bytes that a file takes in the folder of downloads until it is in the store. */
function inDownloads(file: PlannedFile | undefined): number {
  return !file || (file.local && !file.local.movable) ? 0 : file.size;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
