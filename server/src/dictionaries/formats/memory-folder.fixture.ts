import type { DictionaryFolder, TensorReader } from '../format.ts';

/** Shapes of tensors by name; their values count from 0. */
export type Shapes = Record<string, number[]>;

export interface MemoryFile {
  tensors?: Shapes;
  /** What lies beside the tensors, or a JSON file's content. */
  data?: unknown;
}

/** A published folder in memory. */
export function memoryFolder(files: Record<string, MemoryFile>): DictionaryFolder {
  return {
    path: 'some/folder',
    files: Object.keys(files),
    readJson: (file) => files[file]?.data,
    readYaml: (file) => files[file]?.data,
    openTensors: (file) => reader(files[file] ?? {}),
  };
}

function reader({ tensors = {}, data }: MemoryFile): TensorReader {
  const shape = (name: string) => tensors[name] ?? [];
  return {
    names: Object.keys(tensors),
    data,
    info: (name) => ({ dtype: 'F32', shape: shape(name) }),
    readFloat32: (name) =>
      Float32Array.from({ length: shape(name).reduce((a, b) => a * b, 1) }, (_, i) => i),
    close: () => undefined,
  };
}
