import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { connectionError, HttpStatusError, request } from './http.mjs';

/**
 * Fetches a file, going on where an earlier attempt stopped, and puts it in place when its hash is
 * right.
 *
 * @param {object} job
 * @param {URL} job.url
 * @param {string} job.path where the file shall be; beside it a `.part` file grows
 * @param {string} job.sha256
 * @param {number | undefined} job.size bytes, where known
 * @param {(done: number, total: number | undefined) => void} job.onProgress bytes
 * @param {number} [job.pauseMs] before the second attempt; it doubles
 * @throws HttpStatusError if the server does not have the file
 * @throws Error if the connection keeps breaking or what came is another file
 */
export async function downloadFile({ url, path, sha256, size, onProgress, pauseMs }) {
  if (existsSync(path) && (await hashOf(path)) === sha256) return;
  // The hash in the name keeps parts of different files apart.
  const part = `${path}.${sha256.slice(0, 12)}.part`;
  // A part that an earlier attempt left may be damaged; what is fetched whole may not be.
  for (let whole = sizeOf(part) === 0; ; whole = true) {
    await fetchAll(url, part, size, onProgress, pauseMs);
    if ((await hashOf(part)) === sha256) break;
    rmSync(part, { force: true });
    if (whole) throw new Error(`What ${url.host} sends is not the file listed`);
  }
  renameSync(part, path);
}

/**
 * Fetches what is missing of a file, in as many requests as it takes while each brings some of it.
 *
 * @param {URL} url
 * @param {string} part
 * @param {number | undefined} size
 * @param {(done: number, total: number | undefined) => void} onProgress
 * @param {number | undefined} pauseMs
 */
async function fetchAll(url, part, size, onProgress, pauseMs) {
  for (;;) {
    const before = sizeOf(part);
    try {
      await fetchRest(url, part, size, onProgress, pauseMs);
      return;
    } catch (thrown) {
      // Without a part there is nothing that a server could refuse to go on with.
      const gained = sizeOf(part) > before || (before > 0 && thrown instanceof UnusablePart);
      if (!gained) throw thrown;
    }
  }
}

/** A server does not go on with what is there of the file. */
class UnusablePart extends Error {}

/** @param {string} part removed, so that the file is fetched from its beginning */
function refuse(part) {
  rmSync(part, { force: true });
  return new UnusablePart('The server does not send the rest of the file');
}

/**
 * Fetches what is missing of a file in one request.
 *
 * @param {URL} url
 * @param {string} part
 * @param {number | undefined} size
 * @param {(done: number, total: number | undefined) => void} onProgress
 * @param {number | undefined} pauseMs
 */
async function fetchRest(url, part, size, onProgress, pauseMs) {
  let have = sizeOf(part);
  if (size !== undefined && have > size) {
    rmSync(part);
    have = 0;
  }
  if (have > 0 && have === size) return;
  const range = have > 0 ? { range: `bytes=${have}-` } : undefined;
  const { status, headers, body } = await request(url, range, pauseMs).catch((thrown) => {
    throw thrown instanceof HttpStatusError && thrown.status === 416 ? refuse(part) : thrown;
  });
  if (status === 206 && !headers['content-range']?.startsWith(`bytes ${have}-`)) {
    body.on('error', () => undefined).destroy();
    throw refuse(part);
  }
  if (status === 200) have = 0;
  const length = Number(headers['content-length'] ?? Number.NaN);
  const total = size ?? (Number.isFinite(length) ? have + length : undefined);
  const file = createWriteStream(part, { flags: status === 206 ? 'a' : 'w' });
  const closed = once(file, 'close');
  let done = have;
  const written = pipeline(
    body,
    async function* (chunks) {
      try {
        for await (const chunk of chunks) {
          done += chunk.length;
          if (total !== undefined && done > total) throw new Error('too much is sent');
          onProgress(done, total);
          yield chunk;
        }
      } catch (thrown) {
        throw connectionError(url, thrown);
      }
    },
    file,
  );
  // What is still being written when a connection breaks counts for where the next request goes on.
  await Promise.allSettled([written, closed]);
  await written;
  if (total !== undefined && done < total) throw new Error(`${url.host} broke off`);
}

/** @param {string} path */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** @param {string} path */
async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
