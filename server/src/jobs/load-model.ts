import { LoupeError, type SourceInfo } from '@loupe/shared';
import { Dictionary } from '../dictionaries/dictionary.ts';
import type { InstalledModel } from '../hub/installed-model.ts';
import type { InstalledSource } from '../hub/installed-source.ts';
import type { ModelStore } from '../hub/store.ts';
import { Gpt2 } from '../model/gpt2.ts';
import { parseHook } from '../model/hooks.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { PrefixCache } from '../trace/prefix-cache.ts';
import { readModelFolder } from '../weights/model-folder.ts';
import type { LoadedModel } from './loaded-model.ts';

/** A loaded model that keeps up with the store. */
export interface StoredModel extends LoadedModel {
  /**
   * Takes over what the store has now. False if it no longer has the checkpoint that was loaded.
   * Costs a few dozen looks at the file system, so it is done once a job.
   */
  keepUp(): boolean;
  /** Frees its tensors. */
  dispose(): void;
}

/**
 * Reads an installed model and hands its weights to the backend; dictionaries follow when they are
 * first asked for.
 *
 * @param cacheBytes bound of the prefix cache
 * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`
 */
export function loadModel(
  id: string,
  store: ModelStore,
  kernels: Kernels,
  cacheBytes: number,
): StoredModel {
  const installed = store.installed(id);
  const { config, tokenizer, weights, close } = readModelFolder(installed.folder);
  try {
    const gpt2 = Gpt2.load(config, weights, kernels);
    const cache = new PrefixCache(cacheBytes);
    const dictionaries = new LoadedDictionaries(installed, gpt2, kernels, () => cache.clear());
    return {
      id,
      gpt2,
      tokenizer,
      cache,
      get sources() {
        return dictionaries.sources;
      },
      get variants() {
        return dictionaries.variants;
      },
      dictionary: (source) => dictionaries.get(source),
      keepUp() {
        const now = store.find(id);
        if (now?.stamp !== installed.stamp) return false;
        dictionaries.keepUp(now);
        return true;
      },
      dispose() {
        cache.clear();
        dictionaries.dispose();
        gpt2.dispose();
      },
    };
  } finally {
    close();
  }
}

/** The dictionaries of a model that have been read, each as long as the store has it unchanged. */
class LoadedDictionaries {
  readonly #gpt2: Gpt2;
  readonly #kernels: Kernels;
  readonly #onStale: () => void;
  readonly #loaded = new Map<string, { source: InstalledSource; dictionary: Dictionary }>();
  #model: InstalledModel;

  /** @param onStale called when one is dropped: what it encoded is not to be used either */
  constructor(model: InstalledModel, gpt2: Gpt2, kernels: Kernels, onStale: () => void) {
    this.#model = model;
    this.#gpt2 = gpt2;
    this.#kernels = kernels;
    this.#onStale = onStale;
  }

  get sources(): readonly SourceInfo[] {
    return this.#model.info.sources;
  }

  get variants(): readonly SourceInfo[] {
    return this.#model.info.variants;
  }

  get({ id, base, convention }: SourceInfo): Dictionary {
    const original = this.#model.info.sources.find((source) => source.id === base);
    if (original) return this.get(original).as(convention);
    const source = this.#model.sources.get(id);
    if (!source) {
      throw new LoupeError('LOUPE_SOURCE_NOT_INSTALLED', `${id} has been removed meanwhile.`);
    }
    const loaded = this.#loaded.get(id)?.dictionary;
    if (loaded) return loaded;
    const { config } = source;
    const valueBias = () => this.#gpt2.valueBias(parseHook(config.hook)?.layer ?? 0);
    const weights = source.readWeights();
    const dictionary = Dictionary.load(config, weights, this.#kernels, valueBias);
    this.#loaded.set(id, { source, dictionary });
    return dictionary;
  }

  /** Drops what the store has no longer, or in another version. */
  keepUp(model: InstalledModel): void {
    if (model === this.#model) return;
    this.#model = model;
    for (const [id, { source, dictionary }] of this.#loaded) {
      if (model.sources.get(id)?.stamp === source.stamp) continue;
      this.#loaded.delete(id);
      dictionary.dispose();
      this.#onStale();
    }
  }

  dispose(): void {
    for (const { dictionary } of this.#loaded.values()) dictionary.dispose();
    this.#loaded.clear();
  }
}
