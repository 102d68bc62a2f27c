import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createGunzip } from 'node:zlib';
import { LoupeError } from '@loupe/shared';
import type { HubClient } from '../hugging-face/client.ts';
import { HubConnectionError, HubStatusError } from '../hugging-face/failures.ts';
import { connectionError, discard, first, type HubAnswer } from '../hugging-face/http.ts';
import type { RemoteFile } from '../hugging-face/remote-file.ts';
import { withRetries } from '../hugging-face/retry.ts';
import { withMinSpeed } from './min-speed.ts';
import { PartialFile } from './partial-file.ts';

/** Bytes after which a try counts as a gain, so that failures before it are forgotten. */
const GAIN = 64 * 1024;

/** A file to fetch. */
export interface FetchJob {
  remote: RemoteFile;
  /** Where it is to be; what has arrived of it is kept beside it. */
  target: string;
  /** Told how many bytes there are, whenever more have arrived or some were thrown away. */
  onBytes: (bytes: number) => void;
  signal: AbortSignal;
}

/** What has arrived of a file, until it is complete. The name tells contents apart. */
export function partialPath(target: string, { etag }: Pick<RemoteFile, 'etag'>): string {
  const content = createHash('sha256').update(etag).digest('hex').slice(0, 12);
  return `${target}.${content}.partial`;
}

/**
 * Fetches a file, going on where an earlier attempt stopped, and puts it in place once its length and
 * the hash that the hub announces are right. Until then nothing is at `target`; when cancelled, or
 * killed at any moment, what has arrived stays for the next attempt.
 *
 * @throws HubStatusError, HubConnectionError when tries are used up
 * @throws LoupeError `LOUPE_HASH_MISMATCH`, `LOUPE_DISK_FULL`
 */
export async function fetchFile(
  client: HubClient,
  { remote, target, onBytes, signal }: FetchJob,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const path = partialPath(target, remote);
  const partial = await PartialFile.open(path, remote, signal);
  try {
    // What an earlier attempt left may be damaged, so it is fetched anew once; what this one has
    // fetched from its first byte may not be.
    for (let fresh = partial.size === 0; ; fresh = true) {
      await fillUp(client, remote, partial, onBytes, signal);
      if (partial.hasRightHash()) break;
      await partial.restart();
      onBytes(0);
      if (fresh) throw wrongContent(remote);
    }
    await partial.moveTo(target);
  } finally {
    await partial.close();
  }
}

async function fillUp(
  client: HubClient,
  remote: RemoteFile,
  partial: PartialFile,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  onBytes(partial.size);
  // From the most that there ever was: what a server makes us fetch again is no gain.
  let goal = partial.size + GAIN;
  await withRetries(
    async (gained) => {
      if (partial.size === remote.size) return;
      const answer = await ask(client, remote, partial, signal);
      onBytes(partial.size);
      for await (const slice of contentOf(answer, client.silenceMs)) {
        if (partial.size + slice.length > remote.size) {
          await partial.restart();
          throw new HubConnectionError(`${answer.url.host} sends more than it announced`);
        }
        await partial.append(slice);
        onBytes(partial.size);
        if (partial.size >= goal) {
          goal = partial.size + GAIN;
          gained();
        }
      }
      if (partial.size < remote.size) {
        throw new HubConnectionError(
          `${answer.url.host} sent ${partial.size} of ${remote.size} bytes and then no more`,
        );
      }
    },
    client.retries,
    signal,
  );
}

/** Asks for what is missing; the partial file is as long as where the answer begins. */
async function ask(
  client: HubClient,
  remote: RemoteFile,
  partial: PartialFile,
  signal: AbortSignal,
): Promise<HubAnswer> {
  const from = partial.size;
  let answer: HubAnswer;
  try {
    answer = await client.http.request('GET', remote.url, rangeHeaders(remote, from), signal);
  } catch (thrown) {
    if (thrown instanceof HubStatusError && thrown.status === 416) {
      await partial.restart();
      throw new HubConnectionError(`${remote.url.host} refuses to go on at byte ${from}`);
    }
    throw thrown;
  }
  if (from === 0 && answer.status === 200) return checkLength(answer, remote);
  if (answer.status === 206 && begins(answer, from, remote.size)) return answer;
  // Without ranges, or with another file by now: from the beginning.
  await partial.restart();
  if (answer.status === 200) return checkLength(answer, remote);
  discard(answer.body);
  throw new HubConnectionError(`${answer.url.host} sends another range than asked for`);
}

function rangeHeaders({ hash, etag }: RemoteFile, from: number): Record<string, string> {
  if (from === 0) return {};
  const range = { range: `bytes=${from}-` };
  // The hash tells in the end whether the parts belong together. The store behind a hub calls the
  // file by other ETags than the hub, so this condition would make it send everything again.
  return hash ? range : { ...range, 'if-range': `"${etag}"` };
}

/** Finds out before it is fetched that a file is not the one announced. */
function checkLength(answer: HubAnswer, { size }: RemoteFile): HubAnswer {
  const { headers, body, url } = answer;
  const length = first(headers['content-length']);
  if (length === undefined || first(headers['content-encoding']) !== undefined) return answer;
  if (Number(length) === size) return answer;
  discard(body);
  throw new HubConnectionError(`${url.host} would send ${length} bytes; announced were ${size}`);
}

function begins({ headers }: HubAnswer, from: number, size: number): boolean {
  if (first(headers['content-encoding']) !== undefined) return false;
  const [, start, total] =
    first(headers['content-range'])?.match(/^bytes (\d+)-\d+\/(\d+|\*)$/) ?? [];
  return Number(start) === from && (total === '*' || Number(total) === size);
}

/** The content of an answer, unpacked where a server packs although it was asked not to. */
async function* contentOf(answer: HubAnswer, silenceMs: number): AsyncGenerator<Buffer, void> {
  const { body, headers, url } = answer;
  const encoding = first(headers['content-encoding']) ?? 'identity';
  if (!/^(identity|x-gzip|gzip)$/i.test(encoding)) {
    discard(body);
    throw new HubConnectionError(`${url.host} packs what it sends in a way not asked for`);
  }
  const plain = /gzip/i.test(encoding) ? body.pipe(createGunzip()) : body;
  if (plain !== body) body.once('error', (error) => plain.destroy(error));
  try {
    yield* withMinSpeed(plain, silenceMs);
  } catch (thrown) {
    if (thrown instanceof LoupeError) throw thrown;
    throw connectionError(url, thrown);
  } finally {
    plain.destroy();
    discard(body);
  }
}

function wrongContent({ path, repository, url }: RemoteFile): LoupeError {
  return new LoupeError(
    'LOUPE_HASH_MISMATCH',
    `What ${url.host} sends as ${path} of ${repository} does not have the hash that it announces. ` +
      'It was thrown away. Try again; if that does not help, the file is damaged there.',
  );
}
