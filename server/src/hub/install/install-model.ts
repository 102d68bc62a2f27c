import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { diskFull, syncFolder } from '../../weights/atomic-file.ts';
import { readModelFolder } from '../../weights/model-folder.ts';
import { MANIFEST_FILE } from '../installed-model.ts';
import type { Manifest } from '../manifest.ts';
import type { StoreLayout } from '../store-layout.ts';

/** Folder of the checkpoint inside a model's. */
const CHECKPOINT = 'model';

/** A file of a checkpoint to be installed. */
export interface CheckpointFile {
  /** In Hugging Face's layout: `config.json`. */
  name: string;
  /** Where it is. */
  path: string;
  /** False if it belongs to someone else: it is copied. */
  movable: boolean;
}

/** What a manifest says of a model besides where its checkpoint is. */
export type ModelDescription = Pick<
  Manifest,
  'id' | 'name' | 'description' | 'origin' | 'imported' | 'examples'
>;

/**
 * Installs a checkpoint: its files are gathered in the folder of downloads, checked, and put in place
 * by one rename of the whole folder. One that is there already under this id is replaced.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_MODEL`,
 * `LOUPE_DISK_FULL`; the signal's reason. Nothing is left behind then, and what could be moved is back.
 */
export async function installModel(
  layout: StoreLayout,
  description: ModelDescription,
  files: readonly CheckpointFile[],
  signal: AbortSignal,
): Promise<void> {
  const staged = stagingFolder(layout, description.id);
  const checkpoint = join(staged, CHECKPOINT);
  const target = layout.modelFolder(description.id);
  const moved: CheckpointFile[] = [];
  try {
    await mkdir(checkpoint, { recursive: true });
    for (const file of files) {
      signal.throwIfAborted();
      if (await place(file, join(checkpoint, file.name))) moved.push(file);
    }
    const manifest: Manifest = { ...description, model: CHECKPOINT, sets: [] };
    await writeFile(join(staged, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    readModelFolder(checkpoint).close();
    await sync([join(staged, MANIFEST_FILE), ...files.map(({ name }) => join(checkpoint, name))]);
    for (const folder of [checkpoint, staged]) syncFolder(folder);
    signal.throwIfAborted();
    await replaceFolder(layout, staged, target);
  } catch (thrown) {
    for (const { name, path } of moved) await rename(join(checkpoint, name), path);
    await rm(staged, { recursive: true, force: true });
    throw diskFull(thrown, target) ?? thrown;
  }
}

/**
 * Takes a folder of the store away: first out of sight by a rename, then its files.
 *
 * @returns false if it is not there
 */
export async function removeFolder(layout: StoreLayout, folder: string): Promise<boolean> {
  const removed = stagingFolder(layout, 'removed');
  await mkdir(layout.downloads, { recursive: true });
  try {
    await rename(folder, removed);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
  syncFolder(dirname(folder));
  await rm(removed, { recursive: true, force: true });
  return true;
}

async function replaceFolder(layout: StoreLayout, staged: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await removeFolder(layout, target);
  await rename(staged, target);
  syncFolder(dirname(target));
}

/** A folder of its own for what is half there; it is not made yet. */
export function stagingFolder({ downloads }: StoreLayout, name: string): string {
  return join(downloads, `${name}-${randomBytes(6).toString('hex')}`);
}

/** Moves a file, or copies it where it is not ours or on another disk; true if it was moved. */
async function place({ path, movable }: CheckpointFile, target: string): Promise<boolean> {
  try {
    if (movable) {
      await rename(path, target);
      return true;
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EXDEV') throw unreadable(path, thrown);
  }
  try {
    // Where the file system can, both share the same blocks.
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    return false;
  } catch (thrown) {
    throw diskFull(thrown, target) ?? unreadable(path, thrown);
  }
}

async function sync(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // Windows asks for the right to write before it flushes.
    const file = await open(path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

function unreadable(path: string, thrown: unknown): LoupeError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new LoupeError('LOUPE_BAD_FILE', `${path} cannot be read: ${reason}.`);
}
