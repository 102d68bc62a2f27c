import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError, type ModelInfo, type StoreProblem } from '@loupe/shared';
import { readJsonFile } from '../weights/text-file.ts';
import { ABSENT, SeenFiles } from './file-stamp.ts';
import { type InstalledModel, MANIFEST_FILE, readInstalledModel } from './installed-model.ts';
import { addInstalledSets, attempt, HeaderCache } from './installed-sets.ts';

/**
 * The installed models, each in a subfolder of some folder with a `manifest.json`, and the sets of
 * dictionaries installed for them. What is installed, replaced or removed meanwhile is noticed at the
 * next question, in whichever process it is asked.
 */
export class ModelStore {
  readonly #roots: readonly string[];
  readonly #setsFolder: string | undefined;
  readonly #headers = new HeaderCache();
  #seen: SeenFiles | undefined;
  #installed: ReadonlyMap<string, InstalledModel> = new Map();
  #problems: StoreProblem[] = [];

  /**
   * @param roots folders to look in; of two models with one id the first counts
   * @param setsFolder folder of installed sets: `<model>/<set>/<layer>.safetensors`
   */
  constructor(roots: readonly string[], setsFolder?: string) {
    this.#roots = roots;
    this.#setsFolder = setsFolder;
  }

  /** What is there and cannot be used, with the reason. */
  get problems(): StoreProblem[] {
    this.#look();
    return this.#problems;
  }

  /** All usable models. */
  models(): ModelInfo[] {
    return Array.from(this.#look().values(), ({ info }) => info);
  }

  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND` */
  model(id: string): ModelInfo {
    return this.installed(id).info;
  }

  /** The model with an id; the same object for as long as nothing in the store changes. */
  find(id: string): InstalledModel | undefined {
    return this.#look().get(id);
  }

  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND` */
  installed(id: string): InstalledModel {
    const model = this.find(id);
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

  /** What is installed now; reads only what has changed since it was last asked. */
  #look(): ReadonlyMap<string, InstalledModel> {
    if (this.#seen && !this.#seen.hasChanged()) return this.#installed;
    const seen = new SeenFiles();
    const problems: StoreProblem[] = [];
    const installed = new Map<string, InstalledModel>();
    for (const path of this.#roots.flatMap((root) => modelFolders(root, seen, problems))) {
      attempt(path, problems, () => {
        const model = readInstalledModel(path, seen);
        const { id } = model.info;
        const other = installed.get(id);
        if (other) throw taken(id, path, other);
        installed.set(id, this.#withSets(model, seen, problems));
      });
    }
    this.#seen = seen;
    this.#problems = problems;
    this.#installed = installed;
    return installed;
  }

  #withSets(model: InstalledModel, seen: SeenFiles, problems: StoreProblem[]): InstalledModel {
    if (this.#setsFolder === undefined) return model;
    const folder = join(this.#setsFolder, model.info.id);
    return addInstalledSets(model, folder, this.#headers, seen, problems);
  }
}

function modelFolders(root: string, seen: SeenFiles, problems: StoreProblem[]): string[] {
  let folders: string[] = [];
  attempt(root, problems, () => {
    folders = seen
      .entries(root)
      .filter((name) => !name.startsWith('.'))
      .map((name) => join(root, name))
      .filter((path) => seen.see(join(path, MANIFEST_FILE)).stamp !== ABSENT);
  });
  return folders;
}

function taken(id: string, path: string, { folder }: InstalledModel): LoupeError {
  return new LoupeError(
    'LOUPE_ID_TAKEN',
    `${path} is not listed: ${folder} has the id "${id}" too. Change the id in its manifest.json.`,
  );
}
