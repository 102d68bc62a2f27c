import type { Hash } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { hashFile, startHash } from '../hugging-face/content-hash.ts';
import type { RemoteFile } from '../hugging-face/remote-file.ts';

/** What has arrived of a file, on disk, with the state of its hash. */
export class PartialFile {
  readonly #path: string;
  readonly #remote: RemoteFile;
  readonly #handle: FileHandle;
  #hash: Hash | undefined;
  #size = 0;
  #closed = false;

  private constructor(path: string, remote: RemoteFile, handle: FileHandle) {
    this.#path = path;
    this.#remote = remote;
    this.#handle = handle;
    this.#begin();
  }

  /** Opens what an earlier attempt has left, or a new file, and reads it through for its hash. */
  static async open(path: string, remote: RemoteFile, signal: AbortSignal): Promise<PartialFile> {
    const partial = new PartialFile(path, remote, await open(path, 'a'));
    try {
      const { size } = await partial.#handle.stat();
      if (size > remote.size) await partial.restart();
      else if (size > 0) {
        if (partial.#hash) await hashFile(path, partial.#hash, signal);
        partial.#size = size;
      }
      return partial;
    } catch (thrown) {
      await partial.close();
      throw thrown;
    }
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** @throws LoupeError `LOUPE_DISK_FULL` */
  async append(slice: Buffer): Promise<void> {
    try {
      await this.#handle.appendFile(slice);
    } catch (thrown) {
      throw writeError(thrown, this.#path);
    }
    this.#hash?.update(slice);
    this.#size += slice.length;
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#begin();
  }

  /** Whether the content, which must be complete, has the hash announced, if one was. To be asked once. */
  hasRightHash(): boolean {
    const right = this.#remote.hash?.digest;
    return right === undefined || this.#hash?.digest('hex') === right;
  }

  /** Puts the complete file in place, so that it is there whole even after the power fails. */
  async moveTo(target: string): Promise<void> {
    await this.#handle.sync();
    await this.close();
    await rename(this.#path, target);
    await syncFolder(dirname(target));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }

  #begin(): void {
    const { hash, size } = this.#remote;
    this.#hash = hash && startHash(hash.algorithm, size);
    this.#size = 0;
  }
}

/** A failure to write, with advice where the disk is full. */
export function writeError(thrown: unknown, path: string): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return thrown;
  return new LoupeError(
    'LOUPE_DISK_FULL',
    `The disk of ${dirname(path)} is full. Free some space, or set LOUPE_HOME to a folder on ` +
      'another disk, and go on: what has arrived is kept.',
  );
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
