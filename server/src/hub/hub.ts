import type { Catalogue, ModelInfo } from '@loupe/shared';
import type { Settings } from '../settings.ts';
import { type CatalogueEntries, readCatalogue } from './catalogue.ts';
import { freeBytes } from './downloads/disk-space.ts';
import type { Installer } from './downloads/installer.ts';
import { DownloadManager } from './downloads/manager.ts';
import { repositoryPage } from './hugging-face/remote-file.ts';
import { StoreInstaller } from './install/store-installer.ts';
import { availableSources, listCatalogue } from './list-catalogue.ts';
import type { ModelStore } from './store.ts';
import { StoreLayout } from './store-layout.ts';

type HubParts = Pick<Settings, 'home' | 'hub' | 'catalogueFolder'>;

/** What can be installed, and installing it. */
export class Hub {
  readonly downloads: DownloadManager;
  readonly entries: CatalogueEntries;
  readonly #settings: HubParts;
  readonly #store: ModelStore;
  readonly #installer: Installer;

  /** @throws LoupeError `LOUPE_BAD_CATALOGUE` */
  constructor(settings: HubParts, store: ModelStore) {
    const { home, hub } = settings;
    this.#settings = settings;
    this.#store = store;
    this.entries = readCatalogue(settings.catalogueFolder);
    this.#installer = new StoreInstaller({
      layout: new StoreLayout(home),
      catalogue: this.entries,
      store,
      pageOf: (repository) => repositoryPage(hub.endpoint, repository),
    });
    this.downloads = new DownloadManager({
      home,
      hub,
      catalogue: this.entries,
      models: () => store.models(),
      installer: this.#installer,
    });
  }

  /** The catalogue with what is installed of it, and the space that there is for more. */
  async catalogue(): Promise<Catalogue> {
    const { home, hub } = this.#settings;
    return {
      models: listCatalogue(this.entries, this.#store.models(), hub.endpoint),
      home,
      freeBytes: (await freeBytes(home)) ?? null,
    };
  }

  /** Ids of the sources that could be installed for a model. */
  available(model: ModelInfo): string[] {
    return availableSources(this.entries, model);
  }

  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_SOURCE_NOT_INSTALLED` */
  async removeSet(model: string, set: string): Promise<void> {
    await this.#installer.removeSet(model, set);
  }
}
