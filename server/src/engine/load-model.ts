import { PrefixCache } from '../activations/prefix-cache.ts';
import type { ModelStore } from '../hub/store.ts';
import { DictionaryCache } from '../jobs/dictionary-cache.ts';
import type { StoredModel } from '../jobs/loaded-models.ts';
import { ModelDictionaries } from '../jobs/model-dictionaries.ts';
import { Gpt2 } from '../model/gpt2.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { readModelFolder } from '../weights/model-folder.ts';

/**
 * Reads an installed model and hands its weights to the backend; dictionaries follow when they are
 * first asked for.
 *
 * @param cacheBytes bound of the prefix cache
 * @param shared holds the dictionaries, of other models too
 * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`
 */
export function loadModel(
  id: string,
  store: ModelStore,
  kernels: Kernels,
  cacheBytes: number,
  shared: DictionaryCache = new DictionaryCache(),
): StoredModel {
  const installed = store.installed(id);
  const { config, tokenizer, weights, close } = readModelFolder(installed.folder);
  try {
    const gpt2 = Gpt2.load(config, weights, kernels);
    const prefixCache = new PrefixCache(cacheBytes);
    const giveBack = shared.withhold(4 * installed.info.architecture.parameters * kernels.copies);
    const dictionaries = new ModelDictionaries(installed, gpt2, kernels, shared, () =>
      prefixCache.clear(),
    );
    return {
      id,
      gpt2,
      tokenizer,
      prefixCache,
      get sources() {
        return dictionaries.sources;
      },
      get variants() {
        return dictionaries.variants;
      },
      dictionary: (source) => dictionaries.get(source),
      readAhead: (source) => dictionaries.readAhead(source),
      get memoryNote() {
        return dictionaries.note;
      },
      keepUp() {
        const now = store.find(id);
        if (now?.stamp !== installed.stamp) return false;
        dictionaries.keepUp(now);
        return true;
      },
      dispose() {
        prefixCache.clear();
        dictionaries.dispose();
        gpt2.dispose();
        giveBack();
      },
    };
  } finally {
    close();
  }
}
