import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DictionaryFolder, TensorReader } from '../dictionaries/format.ts';
import { TorchFile } from '../weights/pytorch/torch-file.ts';
import { SafetensorsFile } from '../weights/safetensors.ts';
import { readJsonFile, readYamlFile } from '../weights/text-file.ts';

/** A published dictionary's folder on disk. */
export function dictionaryFolder(path: string): DictionaryFolder {
  return {
    path,
    files: listFiles(path),
    readJson: (file) => readJsonFile(join(path, file)),
    readYaml: (file) => readYamlFile(join(path, file)),
    openTensors: (file) => openTensors(join(path, file), file),
  };
}

/**
 * The files of a published dictionary that lie in different places, as if in one folder.
 *
 * @param path what messages call the folder
 * @param files where each is, by its name
 */
export function gatheredFolder(path: string, files: ReadonlyMap<string, string>): DictionaryFolder {
  const placeOf = (file: string) => files.get(file) ?? join(path, file);
  return {
    path,
    files: [...files.keys()],
    readJson: (file) => readJsonFile(placeOf(file)),
    readYaml: (file) => readYamlFile(placeOf(file)),
    openTensors: (file) => openTensors(placeOf(file), file),
  };
}

/** @param name as it was published: that of the file may say nothing, as in a cache by hashes */
function openTensors(path: string, name: string): TensorReader {
  return /\.(pt|pth|bin)$/.test(name) ? TorchFile.open(path) : SafetensorsFile.open(path);
}

/** Files of a folder and of its subfolders, but no deeper; none if it cannot be read. */
function listFiles(path: string): string[] {
  const list = (folder: string) => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch {
      return [];
    }
  };
  return list(path).flatMap((entry) =>
    entry.isDirectory()
      ? list(join(path, entry.name)).map((inner) => `${entry.name}/${inner.name}`)
      : [entry.name],
  );
}
