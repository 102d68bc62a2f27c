import type { Catalogue, Download, DownloadRequest, ErrorBody } from '@loupe/shared';
import type { Choice } from './choice.ts';

/** What can be installed. */
export interface CatalogueSlice {
  /** Null until it has arrived. */
  catalogue: Catalogue | null;
  /** Why it could not be read last time; what was read before stays. */
  catalogueError: ErrorBody | null;
  /** Reads it, again if need be: after an installation it is another. */
  loadCatalogue(): Promise<void>;
}

/** What is marked for download. */
export interface ChoiceSlice {
  /** By model; a model without an entry has what it is offered by default. */
  choices: ReadonlyMap<string, Choice>;
  choose(model: string, choice: Choice): void;
}

/** Downloads, which the server does whether a page looks on or not. */
export interface DownloadsSlice {
  /** Newest first. */
  downloads: readonly Download[];
  /** False while the server's news do not come through; what is shown may be old then. */
  live: boolean;
  /** Why a download could not be begun, by model. */
  refusals: ReadonlyMap<string, ErrorBody>;
  /** Takes what the server says of its downloads. */
  receive(downloads: readonly Download[]): void;
  begin(request: DownloadRequest): Promise<void>;
  cancel(id: string): Promise<void>;
  /** Takes a download that has ended off the list of this page. */
  dismiss(id: string): void;
  /** @throws LoupeError the server's */
  remove(model: string, set: string): Promise<void>;
}

export type ModelsState = CatalogueSlice & ChoiceSlice & DownloadsSlice;
