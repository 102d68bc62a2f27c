import type { DictionaryFolder } from '../../dictionaries/format.ts';

/** A folder that remembers which of its files were read. */
export function rememberUsed(folder: DictionaryFolder): {
  folder: DictionaryFolder;
  used: ReadonlySet<string>;
} {
  const used = new Set<string>();
  const reading =
    <T>(read: (file: string) => T) =>
    (file: string): T => {
      used.add(file);
      return read(file);
    };
  return {
    folder: {
      path: folder.path,
      files: folder.files,
      readJson: reading((file) => folder.readJson(file)),
      readYaml: reading((file) => folder.readYaml(file)),
      openTensors: reading((file) => folder.openTensors(file)),
    },
    used,
  };
}
