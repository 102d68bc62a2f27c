import type { SourceInfo } from '@loupe/shared';
import type { PrefixCache } from '../activations/prefix-cache.ts';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import type { Tokenizer } from '../model/tokenizer.ts';

/** A model that is ready to run, with its installed sources. */
export interface LoadedModel {
  readonly id: string;
  readonly gpt2: Gpt2;
  readonly tokenizer: Tokenizer;
  readonly prefixCache: PrefixCache;
  /** What was installed when the model was last asked for, layer by layer, attention before MLP. */
  readonly sources: readonly SourceInfo[];
  /** The same weights under other conventions, used only where they are named. */
  readonly variants: readonly SourceInfo[];
  /**
   * The dictionary of a source or variant, read from disk unless it is in memory. It may be disposed of
   * when another one is asked for, to make room: ask anew each time.
   *
   * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` if it has been removed meanwhile; `LOUPE_BAD_FILE`
   */
  dictionary(source: SourceInfo): Dictionary;
  /** Begins to read the dictionary that will be asked for next, if it has to be read. */
  readAhead?(source: SourceInfo): void;
  /** What there is to be said of running with less memory than the dictionaries take. */
  readonly memoryNote?: string | undefined;
}

/**
 * Finds a model, loading it when first asked for.
 *
 * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`
 */
export type FindModel = (id: string) => LoadedModel;
