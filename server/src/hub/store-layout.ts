import { join } from 'node:path';

/** Ids of models and sets: they are names of folders too. */
export const ID_PATTERN = '^(?!\\.)[A-Za-z0-9_.-]{1,100}$';

/** True for a text that can be the id of a model or set. */
export function isId(text: string): boolean {
  return new RegExp(ID_PATTERN).test(text);
}

/** Where things are under `LOUPE_HOME`. */
export class StoreLayout {
  readonly home: string;

  constructor(home: string) {
    this.home = home;
  }

  /** Folder of the installed models. */
  get models(): string {
    return join(this.home, 'models');
  }

  /** Folder of the installed sets of dictionaries, one folder a model. */
  get sets(): string {
    return join(this.home, 'sets');
  }

  /** What is half there: never listed. */
  get downloads(): string {
    return join(this.home, 'downloads');
  }

  modelFolder(model: string): string {
    return join(this.models, model);
  }

  setFolder(model: string, set: string): string {
    return join(this.sets, model, set);
  }

  sourceFile(model: string, set: string, layer: number): string {
    return join(this.setFolder(model, set), sourceFileName(layer));
  }
}

/** Name of a source's file in the folder of its set. */
export function sourceFileName(layer: number): string {
  return `${layer}.safetensors`;
}

/** The layer of a source's file by its name; `undefined` for any other file. */
export function layerOfFile(name: string): number | undefined {
  const match = /^(0|[1-9]\d{0,3})\.safetensors$/.exec(name);
  return match ? Number(match[1]) : undefined;
}
