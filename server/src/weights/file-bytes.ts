import { closeSync, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';

/** Node refuses to read more than 2 GiB at once. */
const LARGEST_READ = 1 << 30;

/** A regular file, open for reading any of its bytes. */
export class FileBytes {
  readonly path: string;
  /** Bytes that the file had when it was opened. */
  readonly size: number;
  #descriptor: number | undefined;
  /** Reads that go on while other work does; the file is closed after the last of them. */
  #asides = 0;

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
   * As `read`, but while other work goes on. Calls back in a later turn of the event loop, with
   * false if `bytes` could not be filled: why, `read` will tell.
   */
  readAside(bytes: Uint8Array, position: number, onEnd: (filled: boolean) => void): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) throw this.#bad('cannot be read: the file is closed');
    this.#asides++;
    const readFrom = (done: number) => {
      const wanted = Math.min(bytes.length - done, LARGEST_READ);
      read(descriptor, bytes, done, wanted, position + done, (error, got) => {
        const goesOn = error === null && got > 0 && !this.closed;
        if (goesOn && done + got < bytes.length) {
          readFrom(done + got);
          return;
        }
        this.#asides--;
        if (this.closed && this.#asides === 0) closeSync(descriptor);
        onEnd(goesOn);
      });
    };
    readFrom(0);
  }

  /** Closes the file. Closing again does nothing. */
  close(): void {
    if (this.#descriptor === undefined) return;
    if (this.#asides === 0) closeSync(this.#descriptor);
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
