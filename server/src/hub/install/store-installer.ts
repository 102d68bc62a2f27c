import { basename } from 'node:path';
import { LoupeError } from '@loupe/shared';
import type { CatalogueEntries, LayerEntry, ModelEntry, SetEntry } from '../catalogue.ts';
import type {
  ArrivedFile,
  ArrivedSource,
  Installer,
  InstallOptions,
} from '../downloads/installer.ts';
import type { SetFile } from '../set-file.ts';
import type { ModelStore } from '../store.ts';
import type { StoreLayout } from '../store-layout.ts';
import { Converter } from './converter.ts';
import { installModel, removeFolder } from './install-model.ts';
import { writeSetFile } from './write-set-file.ts';

/** What the installer works with. */
export interface InstallerContext {
  layout: StoreLayout;
  catalogue: CatalogueEntries;
  /** What is installed. */
  store: Pick<ModelStore, 'find' | 'installed'>;
  /** Page of a repository on the hub. */
  pageOf: (repository: string) => string;
}

/** Installs what the catalogue lists. Dictionaries are converted in a process of their own. */
export class StoreInstaller implements Installer {
  readonly #context: InstallerContext;
  readonly #converter = new Converter();

  constructor(context: InstallerContext) {
    this.#context = context;
  }

  async installModel(
    model: string,
    files: readonly ArrivedFile[],
    signal: AbortSignal,
  ): Promise<void> {
    const entry = this.#model(model);
    const { id, name, description, examples } = entry;
    await installModel(
      this.#context.layout,
      { id, name, description, examples, origin: this.#origin(entry, files) },
      files.map(({ path, file, movable }) => ({ name: basename(path), path: file, movable })),
      signal,
    );
  }

  async installSource(
    { model, set, layer, files }: ArrivedSource,
    { precision }: InstallOptions,
    signal: AbortSignal,
    onProgress?: (share: number) => void,
  ): Promise<void> {
    const { layout, store } = this.#context;
    const entry = this.#set(model, set);
    const { card } = layerOf(entry, layer);
    writeSetFile(layout.setFolder(model, set), this.#describeSet(entry, files));
    const [first] = files;
    const installed = store.find(model);
    await this.#converter.convert(
      {
        label: first ? first.repository : set,
        files: namedFiles(files),
        card,
        ...(first && { repository: first.repository, revision: first.revision }),
        model,
        installed: installed && {
          architecture: installed.info.architecture,
          folder: installed.folder,
        },
        precision,
        target: layout.sourceFile(model, set, layer),
      },
      signal,
      onProgress,
    );
  }

  async removeSet(model: string, set: string): Promise<void> {
    const { layout, store } = this.#context;
    const { sets } = store.installed(model).info;
    if (sets.some(({ id, removable }) => id === set && !removable)) {
      throw notInstalled(`${set} ships with Loupe and cannot be removed.`);
    }
    // What is there may be too damaged to be listed, and still be in the way.
    const known = /^[^/\\]+$/.test(set) && !set.startsWith('.');
    if (!known || !(await removeFolder(layout, layout.setFolder(model, set)))) {
      throw notInstalled(`No set "${set}" is installed for ${model}.`);
    }
  }

  #describeSet(entry: SetEntry, files: readonly ArrivedFile[]): SetFile {
    const { name, neuronpedia, card } = entry;
    return {
      name,
      origin: this.#origin(entry, files),
      ...(neuronpedia !== undefined && { neuronpedia }),
      card,
    };
  }

  #origin(
    { repository, revision, licence, paper }: ModelEntry | SetEntry,
    files: readonly ArrivedFile[],
  ): NonNullable<SetFile['origin']> {
    return {
      repository,
      revision: files[0]?.revision ?? revision,
      url: this.#context.pageOf(repository),
      licence,
      ...(paper && { paper }),
    };
  }

  #model(id: string): ModelEntry {
    const entry = this.#context.catalogue.models.find((model) => model.id === id);
    if (entry) return entry;
    throw new LoupeError('LOUPE_NOT_IN_CATALOGUE', `The catalogue has no model "${id}".`);
  }

  #set(model: string, id: string): SetEntry {
    const entry = this.#context.catalogue.sets.find((set) => set.id === id && set.model === model);
    if (entry) return entry;
    throw new LoupeError(
      'LOUPE_NOT_IN_CATALOGUE',
      `The catalogue has no set "${id}" for ${model}.`,
    );
  }
}

/** Files by their paths in the repository, without the folder that they have in common. */
function namedFiles(files: readonly ArrivedFile[]): { name: string; path: string }[] {
  const folders = files.map(({ path }) => path.split('/').slice(0, -1));
  const [first = [], ...others] = folders;
  const differs = first.findIndex((part, i) => others.some((folder) => folder[i] !== part));
  const common = differs === -1 ? first.length : differs;
  return files.map(({ path, file }) => ({
    name: path.split('/').slice(common).join('/'),
    path: file,
  }));
}

function layerOf({ id, layers }: SetEntry, layer: number): LayerEntry {
  const entry = layers.find((each) => each.layer === layer);
  if (entry) return entry;
  throw new LoupeError('LOUPE_NOT_IN_CATALOGUE', `The set ${id} has no layer ${layer}.`);
}

function notInstalled(message: string): LoupeError {
  return new LoupeError('LOUPE_SOURCE_NOT_INSTALLED', message);
}
