import type { ModelStore } from '../../hub/store.ts';

/** Where other models may be found: bases of adapters, tokenizers. */
export interface Lookup {
  store: ModelStore;
  /** Folder of Hugging Face's cache. */
  cacheFolder?: string | undefined;
}

/** What there is to be said of a checkpoint that was brought into Hugging Face's layout. */
export interface StagedCheckpoint {
  /** What was assumed, or left out. */
  warnings: string[];
  /** Folders, ids and repositories that may have its tokenizer, where it brings none; likely ones first. */
  tokenizers: string[];
}

/** A form in which people keep GPT-2s. */
export interface CheckpointForm {
  /** As in "Reading …". */
  readonly name: string;
  /** True for a path that holds one. */
  recognizes(path: string): boolean;
  /**
   * Writes or copies it into an empty folder as Hugging Face keeps models: `config.json`,
   * `model.safetensors` or the other forms of weights, tokenizer files if it has any.
   *
   * @throws LoupeError what cannot be read exactly, and what to do
   */
  stage(
    path: string,
    folder: string,
    lookup: Lookup & { base: string | undefined },
  ): Promise<StagedCheckpoint>;
}
