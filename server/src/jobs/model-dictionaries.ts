import { LoupeError, type SourceInfo } from '@loupe/shared';
import { Dictionary } from '../dictionaries/dictionary.ts';
import type { InstalledModel } from '../hub/installed-model.ts';
import type { InstalledSource } from '../hub/installed-source.ts';
import type { OpenWeights } from '../hub/source-file.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { parseHook } from '../model/hooks.ts';
import type { Kernels } from '../tensor/kernels.ts';
import type { DictionaryCache } from './dictionary-cache.ts';
import { sourceMemory } from './source-memory.ts';

/**
 * A model's dictionaries as the store has them: read when they are asked for, kept while there is room
 * and the store has them unchanged. If there is none for all, decoders stay on disk, of which a run needs
 * a few rows, so that twice as many encoders fit.
 */
export class ModelDictionaries {
  readonly #gpt2: Gpt2;
  readonly #kernels: Kernels;
  readonly #cache: DictionaryCache;
  readonly #onStale: () => void;
  /** By id: what has been loaded, whether or not it is still held. */
  readonly #loaded = new Map<string, InstalledSource>();
  #model: InstalledModel;
  #opened: { source: InstalledSource; weights: OpenWeights } | undefined;

  /** @param onStale called when one is dropped: what it encoded is not to be used either */
  constructor(
    model: InstalledModel,
    gpt2: Gpt2,
    kernels: Kernels,
    cache: DictionaryCache,
    onStale: () => void,
  ) {
    this.#model = model;
    this.#gpt2 = gpt2;
    this.#kernels = kernels;
    this.#cache = cache;
    this.#onStale = onStale;
  }

  get sources(): readonly SourceInfo[] {
    return this.#model.info.sources;
  }

  get variants(): readonly SourceInfo[] {
    return this.#model.info.variants;
  }

  /** What there is to be said of running with too little memory; `undefined` if all fits. */
  get note(): string | undefined {
    const sizes = this.#sizes(true);
    const { room } = this.#cache;
    if (this.#sizes(false).reduce((sum, bytes) => sum + bytes, 0) <= room) return undefined;
    let fitting = 0;
    for (let sum = 0; fitting < sizes.length; fitting++) {
      sum += sizes[fitting] as number;
      if (sum > room) break;
    }
    const left = `Memory leaves ${(room / 1e9).toFixed(2)} GB for dictionaries (LOUPE_MEMORY)`;
    if (fitting === sizes.length) return `${left}: rows of decoders are read from disk.`;
    return (
      `${left}, enough for ${fitting} of ${sizes.length}: the others are read from disk in every ` +
      'run, which takes longer.'
    );
  }

  get({ id, base, convention }: SourceInfo): Dictionary {
    const original = this.sources.find((source) => source.id === base);
    if (original) return this.get(original).as(convention);
    const source = this.#installed(id);
    const onDisk = this.#decodersOnDisk;
    const pageable = {
      key: this.#key(id),
      bytes: sourceMemory(source, this.#kernels, onDisk),
      load: () => this.#load(source, onDisk),
    };
    return this.#cache.get(pageable, this.sources.length);
  }

  /** Begins to read one that will be asked for next, unless it is held. */
  readAhead({ id, base }: SourceInfo): void {
    const source = this.#model.sources.get(base ?? id);
    if (!source || this.#cache.has(this.#key(base ?? id))) return;
    const { encoder } = this.#open(source).weights;
    if (!(encoder instanceof Float32Array)) encoder.readAhead();
  }

  /** Takes over what the store has now, and drops what it has no longer, or in another version. */
  keepUp(model: InstalledModel): void {
    if (model === this.#model) return;
    this.#model = model;
    this.#closeOpened();
    for (const [id, source] of this.#loaded) {
      if (model.sources.get(id)?.stamp === source.stamp) continue;
      this.#loaded.delete(id);
      this.#cache.drop(this.#key(id));
      this.#onStale();
    }
  }

  dispose(): void {
    this.#closeOpened();
    for (const id of this.#loaded.keys()) this.#cache.drop(this.#key(id));
    this.#loaded.clear();
  }

  #load(source: InstalledSource, decodersOnDisk: boolean): Dictionary {
    const { config } = source;
    const valueBias = () => this.#gpt2.valueBias(parseHook(config.hook)?.layer ?? 0);
    const { weights, close } = this.#open(source);
    try {
      const options = { decodersOnDisk, close };
      const dictionary = Dictionary.load(config, weights, this.#kernels, valueBias, options);
      this.#loaded.set(source.info.id, source);
      // From here on the dictionary closes it.
      this.#opened = undefined;
      return dictionary;
    } finally {
      this.#closeOpened();
    }
  }

  #open(source: InstalledSource): OpenWeights {
    if (this.#opened?.source === source) return this.#opened.weights;
    this.#closeOpened();
    this.#opened = { source, weights: source.openWeights() };
    return this.#opened.weights;
  }

  #closeOpened(): void {
    this.#opened?.weights.close();
    this.#opened = undefined;
  }

  /** @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` for one that the store no longer has */
  #installed(id: string): InstalledSource {
    const source = this.#model.sources.get(id);
    if (source) return source;
    throw new LoupeError('LOUPE_SOURCE_NOT_INSTALLED', `${id} has been removed meanwhile.`);
  }

  #key(id: string): string {
    return `${this.#model.info.id}/${id}`;
  }

  #sizes(decodersOnDisk: boolean): number[] {
    return this.sources.map(({ id }) =>
      sourceMemory(this.#installed(id), this.#kernels, decodersOnDisk),
    );
  }

  get #decodersOnDisk(): boolean {
    return this.#sizes(false).reduce((sum, bytes) => sum + bytes, 0) > this.#cache.room;
  }
}
