import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError, type ModelInfo, type StoreProblem, toLoupeError } from '@loupe/shared';
import { readJsonFile } from '../weights/text-file.ts';
import { type InstalledModel, MANIFEST_FILE, readInstalledModel } from './installed-model.ts';

/** The models installed in some folders, each in a subfolder with a `manifest.json`. */
export class ModelStore {
  readonly #installed = new Map<string, InstalledModel>();
  /** Models that are there and cannot be used, with the reason. */
  readonly problems: StoreProblem[] = [];

  /** @param roots folders to look in; of two models with one id the first counts */
  constructor(roots: readonly string[]) {
    for (const path of roots.flatMap(modelFolders)) {
      try {
        const model = readInstalledModel(path);
        if (!this.#installed.has(model.info.id)) this.#installed.set(model.info.id, model);
      } catch (thrown) {
        this.problems.push({ path, message: toLoupeError(thrown).message });
      }
    }
  }

  /** All usable models. */
  models(): ModelInfo[] {
    return Array.from(this.#installed.values(), ({ info }) => info);
  }

  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND` */
  model(id: string): ModelInfo {
    return this.installed(id).info;
  }

  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND` */
  installed(id: string): InstalledModel {
    const model = this.#installed.get(id);
    if (model) return model;
    const known = [...this.#installed.keys()].join(', ') || 'none';
    throw new LoupeError(
      'LOUPE_MODEL_NOT_FOUND',
      `There is no model "${id}". Installed: ${known}.`,
    );
  }

  /**
   * The stored run of a model's example, as it was stored.
   *
   * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_NOT_FOUND` if the model has none
   */
  exampleRun(id: string): unknown {
    const { exampleRunFile } = this.installed(id);
    if (exampleRunFile === undefined || !existsSync(exampleRunFile)) {
      throw new LoupeError('LOUPE_NOT_FOUND', `${id} ships no stored run.`);
    }
    return readJsonFile(exampleRunFile);
  }
}

function modelFolders(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name))
    .filter((path) => existsSync(join(path, MANIFEST_FILE)))
    .sort();
}
