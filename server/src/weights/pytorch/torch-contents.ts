import type { PickleValue } from './pickle-values.ts';

/** Where the bytes of a storage are in the file. */
export interface StoragePlace {
  readonly position: number;
  readonly bytes: number;
}

/** What a file of either form has: the object that was saved, and the places of its storages. */
export interface TorchContents {
  readonly root: PickleValue;
  /** By key. */
  readonly storages: ReadonlyMap<string, StoragePlace>;
}
