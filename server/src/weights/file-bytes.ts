import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';
import { AsideRead } from './read-aside.ts';

/** Node refuses to read more than 2 GiB at once. */
const LARGEST_READ = 1 << 30;

/** A regular file, open for reading any of its bytes. */
export class FileBytes {
  readonly path: string;
  /** Bytes that the file had when it was opened. */
  readonly size: number;
  #descriptor: number | undefined;
  /** What is read while other work goes on. */
  #aside: AsideRead | undefined;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
  }

  /** @throws LoupeError `LOUPE_BAD_FILE` if it is no file or cannot be opened. */
  static open(path: string): FileBytes {
    return new FileBytes(path, openRegularFile(path));
  }

  get closed(): boolean {
    return this.#descriptor === undefined;
  }

  /**
   * Fills `bytes` with what the file has from `position` on.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if the file has become shorter, cannot be read or is closed.
   */
  read(bytes: Uint8Array, position: number): void {
    let done = 0;
    while (done < bytes.length) {
      const wanted = Math.min(bytes.length - done, LARGEST_READ);
      const got = this.#readSome(bytes, done, wanted, position + done);
      if (got === 0) throw this.#bad('became shorter while it was being read');
      done += got;
    }
  }

  /**
   * Begins to read what `read` would, while other work goes on. `close` ends it if it is not done.
   *
   * @param memory of at least `length` bytes; it is gone until the read gives it back
   * @throws LoupeError `LOUPE_BAD_FILE` if the file is closed
   */
  readAside(memory: ArrayBuffer, length: number, position: number): AsideRead {
    if (this.#descriptor === undefined) throw this.#bad('cannot be read: the file is closed');
    this.#aside?.stop();
    this.#aside = new AsideRead(this.#descriptor, position, length, memory);
    return this.#aside;
  }

  /** Closes the file, which nothing reads any more. Closing again does nothing. */
  close(): void {
    if (this.#descriptor === undefined) return;
    this.#aside?.stop();
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #readSome(bytes: Uint8Array, offset: number, length: number, position: number): number {
    if (this.#descriptor === undefined) throw this.#bad('cannot be read: the file is closed');
    try {
      return readSync(this.#descriptor, bytes, offset, length, position);
    } catch (error) {
      throw this.#bad(`cannot be read: ${reasonOf(error)}`);
    }
  }

  #bad(what: string): LoupeError {
    return new LoupeError('LOUPE_BAD_FILE', `${this.path} ${what}.`);
  }
}

function openRegularFile(path: string): number {
  try {
    // Opening a pipe would wait for a writer, so look before.
    if (statSync(path).isFile()) return openSync(path, 'r');
  } catch (error) {
    throw new LoupeError('LOUPE_BAD_FILE', `${path} cannot be opened: ${reasonOf(error)}`);
  }
  throw new LoupeError('LOUPE_BAD_FILE', `${path} is not a file.`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
