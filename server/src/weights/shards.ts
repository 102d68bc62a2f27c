import { dirname, join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { showValue } from '../model/show-value.ts';
import type { TensorFile } from './tensor-file.ts';
import { readJsonFile } from './text-file.ts';

/** As many files as any checkpoint has, and few enough to be open at once. */
const MAX_SHARDS = 256;

/**
 * Weights that were cut into several files, by their index `{ "weight_map": { tensor: file } }`, as one.
 * The files lie beside the index.
 *
 * @param indexPath such as `model.safetensors.index.json`
 * @param open opens one of the files
 * @throws LoupeError `LOUPE_BAD_FILE` for an index that is not one, that points outside its folder, or
 * that names a tensor its file does not have
 */
export function openShards(indexPath: string, open: (path: string) => TensorFile): TensorFile {
  const fileOf = readIndex(indexPath);
  const shards = new Map<string, TensorFile>();
  const close = () => {
    for (const shard of shards.values()) shard.close();
  };
  const shardOf = (name: string): TensorFile => {
    const shard = shards.get(fileOf.get(name) ?? '');
    if (shard) return shard;
    throw bad(indexPath, `has no tensor ${showValue(name)}`);
  };
  try {
    for (const [name, file] of fileOf) {
      const shard = shards.get(file) ?? open(join(dirname(indexPath), file));
      shards.set(file, shard);
      if (!shard.has(name)) {
        throw bad(indexPath, `places ${showValue(name)} in ${file}, which does not have it`);
      }
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    path: indexPath,
    names: [...fileOf.keys()],
    has: (name) => fileOf.has(name),
    info: (name) => shardOf(name).info(name),
    readFloat32: (name) => shardOf(name).readFloat32(name),
    close,
  };
}

function readIndex(path: string): Map<string, string> {
  const json = readJsonFile(path);
  const map = isObject(json) ? json.weight_map : undefined;
  if (!isObject(map)) throw bad(path, 'has no weight_map');
  const fileOf = new Map<string, string>();
  for (const [name, file] of Object.entries(map)) {
    // A plain name: an index must not make Loupe open files elsewhere.
    if (typeof file !== 'string' || !/^[\w][\w.-]{0,199}$/.test(file)) {
      throw bad(
        path,
        `places ${showValue(name)} in ${showValue(file)}, which is no file beside it`,
      );
    }
    fileOf.set(name, file);
  }
  const shards = new Set(fileOf.values()).size;
  if (shards > MAX_SHARDS) {
    throw bad(path, `names ${shards} files, where at most ${MAX_SHARDS} can be read`);
  }
  return fileOf;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(path: string, what: string): LoupeError {
  return new LoupeError('LOUPE_BAD_FILE', `${path} ${what}. Fetch or export the checkpoint again.`);
}
