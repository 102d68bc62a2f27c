import { join } from 'node:path';
import type { RepositoryFile } from '../hugging-face/remote-file.ts';

/** Where in `LOUPE_HOME` things are while they are fetched. */
export class DownloadPlaces {
  /** Folder of all of it. */
  readonly folder: string;

  /** @param home LOUPE_HOME */
  constructor(home: string) {
    this.folder = join(home, 'downloads');
  }

  /** Where a file is once it has arrived whole. */
  arrived({ repository, path }: RepositoryFile, commit: string): string {
    return join(this.folder, folderName(repository), commit, path);
  }

  /** Lock of what is installed in one piece. */
  lock(unit: string): string {
    return join(this.folder, 'locks', unit);
  }

  /** Folder into which a model's files, and those of its sets, may be put by hand. */
  byHand(model: string): string {
    return join(this.folder, 'by-hand', model);
  }
}

/** Where a file put by hand is, inside the folder for that. */
export function byHandPath({ repository, path }: RepositoryFile): string {
  return join(folderName(repository), path);
}

/** A repository's name as that of a folder, as Hugging Face's cache writes it. */
function folderName(repository: string): string {
  return repository.replaceAll('/', '--');
}
