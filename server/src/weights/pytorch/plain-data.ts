import {
  Dict,
  DtypeValue,
  dictKey,
  GlobalName,
  Instance,
  NumpyDtype,
  type PickleValue,
  Sequence,
  Storage,
  Tensor,
} from './pickle-values.ts';
import { badTorchFile } from './problems.ts';

/**
 * What was saved, as plain data: numbers (whole ones beyond 2^53 as bigint), text, lists (tuples and
 * sets too), objects without a prototype (dicts; keys that are not text as Python shows them), bytes;
 * dtypes, devices and names of classes as text (`torch.float32`, `cuda:0`). It is a tree: nothing
 * contains itself.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | PlainObject
  | TensorReference;

export interface PlainObject {
  readonly [key: string]: PlainValue;
  readonly [CLASS]?: string;
}

/**
 * Under which an object of a class that Loupe does not know has the name of that:
 * `sae_training.config.LanguageModelSAERunnerConfig`. Its keys are its attributes; its entries, where
 * the class is a kind of dict; and the numbers of its items, where it is a kind of list or tuple.
 */
export const CLASS = Symbol('class');

/** Stands where a tensor was. */
export class TensorReference {
  /** By which `TorchFile` gives it. */
  readonly tensor: string;

  constructor(tensor: string) {
    this.tensor = tensor;
  }
}

/** The name of a tensor that was saved alone. */
const LONE_TENSOR = 'tensor';

/** Values, those met again counted again, so that nobody who walks the tree walks for long. */
const MAX_VALUES = 1 << 20;
const MAX_TENSORS = 1 << 16;
const LONGEST_KEY = 1024;
/** Python itself cannot write what is much deeper. */
const MAX_DEPTH = 256;

/**
 * Makes a tree of what the pickle machine gives, and names its tensors by the keys on the way to them,
 * joined with dots: `state_dict.W_enc`.
 *
 * @param file how messages name the file
 * @throws LoupeError `LOUPE_BAD_FILE` if something contains itself, it is too large or deep for
 * settings and weights, or two things would have the same name.
 */
export function toPlainData(
  root: PickleValue,
  file: string,
): { plain: PlainValue; tensors: Map<string, Tensor> } {
  const plants = new PlainTree(file);
  return { plain: plants.grow(root, '', 0), tensors: plants.tensors };
}

class PlainTree {
  readonly tensors = new Map<string, Tensor>();
  readonly #file: string;
  #values = 0;

  constructor(file: string) {
    this.#file = file;
  }

  grow(value: PickleValue, path: string, depth: number): PlainValue {
    if (++this.#values > MAX_VALUES) throw this.#bad('it holds too many values');
    if (depth > MAX_DEPTH)
      throw this.#bad('something in it contains itself, or is nested too deep');
    if (value instanceof Tensor) return this.#name(value, path === '' ? LONE_TENSOR : path);
    if (value instanceof Sequence) return this.#list(value.items, path, depth);
    if (value instanceof Dict) return this.#object(value.entries, path, depth);
    if (value instanceof Instance) return this.#record(value, path, depth);
    if (value instanceof GlobalName) return value.full;
    if (value instanceof DtypeValue) return `torch.${value.dtype.name}`;
    if (value instanceof NumpyDtype) return `numpy.${value.code}`;
    // Bare storages are no tensors of the file; nothing that is read has them.
    if (value instanceof Storage) return null;
    return value;
  }

  #list(items: readonly PickleValue[], path: string, depth: number): PlainValue[] {
    return items.map((item, i) => this.grow(item, join(path, String(i)), depth + 1));
  }

  #object(entries: ReadonlyMap<string, PickleValue>, path: string, depth: number): PlainObject {
    const object = emptyObject();
    this.#fill(object, entries, path, depth);
    return object;
  }

  /** Attributes are a dict, or a dict and another for `__slots__`; else the class has a form of its own. */
  #record(value: Instance, path: string, depth: number): PlainObject {
    const object = emptyObject();
    object[CLASS] = value.of.full;
    const items = [value.args, value.items].flat();
    for (const part of stateParts(value.state)) {
      if (part instanceof Dict) this.#fill(object, part.entries, path, depth);
      else items.push(part);
    }
    this.#fill(object, value.entries, path, depth);
    const numbered = items.map((item, i): [string, PickleValue] => [dictKey(i) as string, item]);
    this.#fill(object, numbered, path, depth);
    return object;
  }

  #fill(
    object: Record<string | symbol, PlainValue>,
    entries: Iterable<readonly [string, PickleValue]>,
    path: string,
    depth: number,
  ): void {
    for (const [kindAndKey, value] of entries) {
      const key = kindAndKey.slice(1);
      if (key in object) throw this.#bad('it has two entries of the same name');
      object[key] = this.grow(value, join(path, key), depth + 1);
    }
  }

  #name(tensor: Tensor, name: string): TensorReference {
    if (this.tensors.has(name)) throw this.#bad('it has two tensors of the same name');
    if (name.length > LONGEST_KEY || this.tensors.size === MAX_TENSORS) {
      throw this.#bad('it has too many tensors, or too long a name for one');
    }
    this.tensors.set(name, tensor);
    return new TensorReference(name);
  }

  #bad(what: string): Error {
    return badTorchFile(this.#file, what);
  }
}

// Without a prototype, whatever the keys are called, they are just keys.
function emptyObject(): Record<string | symbol, PlainValue> {
  return Object.create(null);
}

function stateParts(state: PickleValue | undefined): readonly PickleValue[] {
  if (state === undefined || state === null) return [];
  const isPair = state instanceof Sequence && state.kind === 'tuple' && state.items.length === 2;
  if (!isPair) return [state];
  const areDicts = state.items.every((part) => part === null || part instanceof Dict);
  return areDicts ? state.items.filter((part) => part !== null) : [state];
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
