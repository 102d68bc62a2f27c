import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpStatusError, request } from './http.mjs';

/** How often a broken connection is taken up again without a byte gained in between. */
const ATTEMPTS = 5;

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
export async function downloadFile({ url, path, sha256, size, onProgress, pauseMs = 1000 }) {
  if (existsSync(path) && (await hashOf(path)) === sha256) return;
  // The hash in the name keeps parts of different files apart.
  const part = `${path}.${sha256.slice(0, 12)}.part`;
  let failures = 0;
  let restarted = false;
  for (;;) {
    const before = sizeOf(part);
    try {
      await fetchRest(url, part, size, onProgress);
      if ((await hashOf(part)) === sha256) break;
    } catch (thrown) {
      const final =
        thrown instanceof HttpStatusError && thrown.status < 500 && thrown.status !== 429;
      if (final) throw thrown;
      failures = sizeOf(part) > before ? 1 : failures + 1;
      if (failures >= ATTEMPTS) throw thrown;
      await sleep(pauseMs * 2 ** (failures - 1));
      continue;
    }
    rmSync(part, { force: true });
    // The part may have been damaged by the attempt before; what is fetched whole may not be.
    if (before === 0 || restarted) throw new Error(`What ${url.host} sends is not the file listed`);
    restarted = true;
  }
  renameSync(part, path);
}

/**
 * Fetches what is missing of a file.
 *
 * @param {URL} url
 * @param {string} part
 * @param {number | undefined} size
 * @param {(done: number, total: number | undefined) => void} onProgress
 */
async function fetchRest(url, part, size, onProgress) {
  let have = sizeOf(part);
  if (size !== undefined && have > size) {
    rmSync(part);
    have = 0;
  }
  if (have > 0 && have === size) return;
  const { response } = await request(url, have > 0 ? { range: `bytes=${have}-` } : {});
  const status = response.statusCode ?? 0;
  if (status === 416) {
    response.resume();
    rmSync(part);
    throw new Error(`${url.host} refuses to go on at byte ${have}`);
  }
  if (status !== 200 && status !== 206) {
    response.resume();
    throw new HttpStatusError(url, status);
  }
  if (status === 206 && !response.headers['content-range']?.startsWith(`bytes ${have}-`)) {
    response.destroy();
    rmSync(part, { force: true });
    throw new Error(`${url.host} sends another range than asked for`);
  }
  if (status === 200) have = 0;
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  const total = size ?? (Number.isFinite(length) ? have + length : undefined);
  const file = createWriteStream(part, { flags: status === 206 ? 'a' : 'w' });
  let done = have;
  await pipeline(
    response,
    async function* (chunks) {
      for await (const chunk of chunks) {
        done += chunk.length;
        if (total !== undefined && done > total) throw new Error(`${url.host} sends too much`);
        onProgress(done, total);
        yield chunk;
      }
    },
    file,
  );
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
