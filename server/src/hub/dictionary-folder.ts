import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DictionaryFolder } from '../dictionaries/format.ts';
import { SafetensorsFile } from '../weights/safetensors.ts';
import { readJsonFile } from '../weights/text-file.ts';

/** A published dictionary's folder on disk. */
export function dictionaryFolder(path: string): DictionaryFolder {
  return {
    path,
    files: existsSync(path) ? readdirSync(path) : [],
    readJson: (file) => readJsonFile(join(path, file)),
    openTensors: (file) => SafetensorsFile.open(join(path, file)),
  };
}
