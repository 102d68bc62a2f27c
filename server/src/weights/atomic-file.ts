import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LoupeError } from '@loupe/shared';

/** A file that is being written is named `.<name>.<process>-<random>.partial` until it is complete. */
const PARTIAL = '.partial';
/** What nobody has written to for this long was left behind by a program that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * Writes a file so that it is there as a whole or not at all, whatever happens meanwhile: to another
 * name in the same folder, to the disk, then renamed. The folder is made if it is missing.
 *
 * @param write fills the open file
 * @throws LoupeError `LOUPE_DISK_FULL`; whatever `write` throws, and then nothing is left behind
 */
export function writeFileAtomically(path: string, write: (descriptor: number) => void): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  removeAbandoned(folder, basename(path));
  const random = randomBytes(6).toString('hex');
  const partial = join(folder, `${partialsOf(path, process.pid)}${random}${PARTIAL}`);
  try {
    const descriptor = openSync(partial, 'wx');
    try {
      write(descriptor);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw diskFull(thrown, path) ?? thrown;
  }
  syncFolder(folder);
}

/** Makes what was renamed into a folder, or out of it, last through a loss of power. */
export function syncFolder(folder: string): void {
  // Windows opens no folders; there a rename is written through.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** `LOUPE_DISK_FULL` for the system's errors of that kind. */
export function diskFull(thrown: unknown, path: string): LoupeError | undefined {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined;
  return new LoupeError(
    'LOUPE_DISK_FULL',
    `There is no room on the disk for ${path}. Free some, or set LOUPE_HOME to another one.`,
  );
}

/** Removes what a process had begun to write of a file when it was ended. */
export function removePartials(path: string, pid: number | undefined): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(partialsOf(path, pid))) rmSync(join(folder, name), { force: true });
  }
}

/** What the names of a process's partial files of a path begin with. */
function partialsOf(path: string, pid: number | undefined): string {
  return `.${basename(path)}.${pid}-`;
}

function removeAbandoned(folder: string, name: string): void {
  for (const other of readdirSync(folder)) {
    if (!other.startsWith(`.${name}.`) || !other.endsWith(PARTIAL)) continue;
    const path = join(folder, other);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > ABANDONED_MS) rmSync(path, { force: true });
  }
}
