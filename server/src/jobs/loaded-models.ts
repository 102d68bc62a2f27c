import { timed } from '../debug-log.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';

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
 * The models that are loaded. One whose checkpoint was replaced or removed is let go, and its tensors
 * are freed once no job is running that may still use them.
 */
export class LoadedModels {
  readonly #load: (id: string) => StoredModel;
  readonly #loaded = new Map<string, StoredModel>();
  readonly #retired: StoredModel[] = [];
  #running = 0;

  /** @param load reads a model from the store */
  constructor(load: (id: string) => StoredModel) {
    this.#load = load;
  }

  /** @throws LoupeError `LOUPE_MODEL_NOT_FOUND` and what loading throws */
  readonly find: FindModel = (id): LoadedModel => {
    const known = this.#loaded.get(id);
    if (known?.keepUp()) return known;
    if (known) {
      this.#loaded.delete(id);
      this.#retired.push(known);
    }
    const model = timed(
      'model loaded',
      () => ({ model: id }),
      () => this.#load(id),
    );
    this.#loaded.set(id, model);
    return model;
  };

  /** A job's steps, during which no model is freed. */
  *running<E>(steps: Generator<E, void>): Generator<E, void> {
    this.#running++;
    try {
      yield* steps;
    } finally {
      this.#running--;
      if (this.#running === 0) for (const model of this.#retired.splice(0)) model.dispose();
    }
  }
}
