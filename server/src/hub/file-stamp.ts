import { readdirSync, statSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';

/** What tells that a file or folder is not what it was: it changes with each change. */
export type Stamp = string;

/** Stamp of what is not there. */
export const ABSENT: Stamp = 'absent';

/** File systems keep times in steps of up to this, in milliseconds. */
const COARSEST_TIME_MS = 2000;

/** The stamp of a path, and how much room it takes, 0 if it is not there. */
export function stampOf(path: string): { stamp: Stamp; bytes: number; changedMs: number } {
  try {
    const { mtimeNs, mtimeMs, size, ino } = statSync(path, { bigint: true });
    return { stamp: `${mtimeNs}-${size}-${ino}`, bytes: Number(size), changedMs: Number(mtimeMs) };
  } catch {
    return { stamp: ABSENT, bytes: 0, changedMs: 0 };
  }
}

/**
 * Remembers paths as they were, and tells cheaply whether any has changed since. Of what was changed
 * shortly before it was looked at it says so once more later: a further change within the same step of
 * the file system's clock would leave no trace.
 */
export class SeenFiles {
  readonly #stamps = new Map<string, Stamp>();
  readonly #since = Date.now();
  #unsettled = false;

  /** Looks at a path and remembers how it was. */
  see(path: string): { stamp: Stamp; bytes: number } {
    const { stamp, bytes, changedMs } = stampOf(path);
    this.#stamps.set(path, stamp);
    // A time further ahead is a wrong clock's, and no further change can fall into that step.
    if (Math.abs(changedMs - this.#since) < COARSEST_TIME_MS) this.#unsettled = true;
    return { stamp, bytes };
  }

  /**
   * Looks at a folder; names in it, sorted, none if it is not there or is no folder.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if it cannot be read
   */
  entries(folder: string): string[] {
    this.see(folder);
    try {
      return readdirSync(folder).sort();
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      throw new LoupeError('LOUPE_BAD_FILE', `${folder} cannot be read: ${code}.`);
    }
  }

  hasChanged(): boolean {
    if (this.#unsettled) return true;
    for (const [path, stamp] of this.#stamps) if (stampOf(path).stamp !== stamp) return true;
    return false;
  }
}
