import type { SourceInfo } from '@loupe/shared';
import type { DictionaryCard } from '../dictionaries/card.ts';
import { Dictionary } from '../dictionaries/dictionary.ts';
import { findFormat } from '../dictionaries/formats/index.ts';
import { dictionaryFolder } from '../hub/dictionary-folder.ts';
import type { ModelStore } from '../hub/store.ts';
import { Gpt2 } from '../model/gpt2.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { PrefixCache } from '../trace/prefix-cache.ts';
import { readModelFolder } from '../weights/model-folder.ts';
import type { LoadedModel } from './loaded-model.ts';

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
): LoadedModel {
  const { info, folder, sourceFolders } = store.installed(id);
  const { config, tokenizer, weights, close } = readModelFolder(folder);
  try {
    const gpt2 = Gpt2.load(config, weights, kernels);
    const dictionaries = new Map<string, Dictionary>();
    return {
      id,
      gpt2,
      tokenizer,
      cache: new PrefixCache(cacheBytes),
      sources: info.sources,
      dictionary(source: SourceInfo): Dictionary {
        const loaded =
          dictionaries.get(source.id) ??
          loadDictionary(sourceFolders.get(source.id) as SourceFolder, kernels);
        dictionaries.set(source.id, loaded);
        return loaded;
      },
    };
  } finally {
    close();
  }
}

interface SourceFolder {
  folder: string;
  card: DictionaryCard;
}

function loadDictionary({ folder: path, card }: SourceFolder, kernels: Kernels): Dictionary {
  const folder = dictionaryFolder(path);
  const format = findFormat(folder, card);
  const config = format.describe(folder, card);
  return new Dictionary(config, format.load(folder, card, config), kernels);
}
