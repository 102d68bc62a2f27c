import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CatalogueEntries, FileEntry } from '../hub/catalogue.ts';
import type { ArrivedFile } from '../hub/downloads/installer.ts';

/** What of the catalogue a folder holds. */
export interface CataloguePart {
  /** Of models whose files are all there. */
  models: { model: string; files: ArrivedFile[] }[];
  /** Of layers whose files are all there. */
  sources: { model: string; set: string; layer: number; files: ArrivedFile[] }[];
}

/**
 * Finds files of the catalogue that were put into a folder by hand: each under its path in a folder named
 * for the repository (`owner--name`), or under its path or mere name where no other file of the catalogue
 * has the same.
 *
 * @param only look for those of this model or set
 */
export function findCatalogueFiles(
  folder: string,
  { models, sets }: CatalogueEntries,
  only: { model?: string | undefined; set?: string | undefined },
): CataloguePart {
  const paths = new Map<string, number>();
  const count = (key: string) => paths.set(key, (paths.get(key) ?? 0) + 1);
  for (const path of distinctFiles([...models, ...sets.flatMap(layersOf)])) {
    count(path);
    if (basename(path) !== path) count(basename(path));
  }
  const place = (repository: string, path: string): string | undefined => {
    const places = [
      join(repository.replaceAll('/', '--'), path),
      ...[path, basename(path)].filter((key) => paths.get(key) === 1),
    ];
    return places.map((each) => join(folder, each)).find(isFile);
  };
  const gather = (
    { repository, revision }: { repository: string; revision: string },
    files: readonly FileEntry[],
  ): ArrivedFile[] | undefined => {
    const found = files.flatMap(({ path }) => {
      const file = place(repository, path);
      return file ? [{ path, repository, revision, file, movable: false }] : [];
    });
    return found.length === files.length ? found : undefined;
  };
  const wanted = ({ model, set }: { model: string; set?: string }) =>
    (only.model ?? model) === model && (only.set === undefined || only.set === set);
  return {
    models: models
      .filter(({ id }) => wanted({ model: id }))
      .flatMap((entry) => {
        const files = gather(entry, entry.files);
        return files ? [{ model: entry.id, files }] : [];
      }),
    sources: sets
      .filter(({ model, id }) => wanted({ model, set: id }))
      .flatMap((entry) =>
        entry.layers.flatMap(({ layer, files: wantedFiles }) => {
          const files = gather(entry, wantedFiles);
          return files ? [{ model: entry.model, set: entry.id, layer, files }] : [];
        }),
      ),
  };
}

interface Published {
  repository: string;
  files: readonly FileEntry[];
}

function layersOf({ repository, layers }: CatalogueEntries['sets'][number]): Published[] {
  return layers.map(({ files }) => ({ repository, files }));
}

/** Paths of all files, each as often as repositories have it. */
function distinctFiles(published: readonly Published[]): string[] {
  const all = published.flatMap(({ repository, files }) =>
    files.map(({ path }): [key: string, path: string] => [`${repository} ${path}`, path]),
  );
  return [...new Map(all).values()];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
