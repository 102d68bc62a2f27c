import type { Precision } from '../../weights/rounding.ts';

/** A file that has arrived whole and been checked. */
export interface ArrivedFile {
  /** Its path in the repository. */
  path: string;
  repository: string;
  /** Commit that it was taken from; the revision asked for where the hub names none. */
  revision: string;
  /** Where it is on this machine. */
  file: string;
  /** False where it belongs to someone else, as the user's Hugging Face cache: copy, do not move. */
  movable: boolean;
}

/** How what is installed is to be kept. */
export interface InstallOptions {
  /** As published, or smaller. */
  precision: Precision;
}

/** The weights of one layer of a set, as they were published. */
export interface ArrivedSource {
  model: string;
  set: string;
  layer: number;
  files: readonly ArrivedFile[];
}

/**
 * Brings what has arrived into the store. Works outside the event loop of the HTTP process, and puts
 * a thing in place by one rename when it is complete: after a crash it is there or it is not.
 */
export interface Installer {
  /**
   * @param model id in the catalogue
   * @throws LoupeError what is wrong with the files
   */
  installModel(model: string, files: readonly ArrivedFile[], signal: AbortSignal): Promise<void>;
  /** @throws LoupeError what is wrong with the files */
  installSource(source: ArrivedSource, options: InstallOptions, signal: AbortSignal): Promise<void>;
  /**
   * Removes what is installed of a set.
   *
   * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, `LOUPE_SOURCE_NOT_INSTALLED` if there is nothing to
   *   remove or it ships with Loupe
   */
  removeSet(model: string, set: string): Promise<void>;
}
