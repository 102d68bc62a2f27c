import type { HubClient } from '../hugging-face/client.ts';
import { hasContent } from '../hugging-face/content-hash.ts';
import { downloadError } from '../hugging-face/failures.ts';
import { repositoryPage } from '../hugging-face/remote-file.ts';
import { fetchFile } from './fetch-file.ts';
import type { ArrivedFile } from './installer.ts';
import type { PlannedFile } from './locate-file.ts';
import { withLock } from './lock.ts';

/**
 * Gets a file: the one on this machine if it is undamaged, else from the hub.
 *
 * @param onBytes told how many bytes there are
 * @throws LoupeError `LOUPE_DOWNLOAD_FAILED`, `LOUPE_HASH_MISMATCH`, `LOUPE_DISK_FULL`
 */
export async function obtainFile(
  planned: PlannedFile,
  client: HubClient,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ArrivedFile> {
  const { local, target, repository, path, size } = planned;
  const arrived = { path, repository, revision: planned.commit };
  if (local && (await hasContent(local.file, size, local.hash, signal))) {
    onBytes(size);
    return { ...arrived, file: local.file, movable: local.movable };
  }
  try {
    const remote = planned.remote ?? (await client.describe(planned, signal));
    // Two units may need the same file, in this process or in another.
    await withLock(
      `${target}.lock`,
      () => undefined,
      signal,
      async (held) => {
        if (await hasContent(target, remote.size, remote.hash, held)) return;
        await fetchFile(client, { remote, target, onBytes, signal: held });
      },
    );
    onBytes(size);
    return { ...arrived, file: target, movable: true };
  } catch (thrown) {
    signal.throwIfAborted();
    throw downloadError(
      thrown,
      `${path} of ${repository}`,
      repositoryPage(client.endpoint, repository),
    );
  }
}
