import type { TorchDtype } from './torch-dtypes.ts';

/** What stands on the stack of the pickle machine. None of it can do anything. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Sequence
  | Dict
  | GlobalName
  | DtypeValue
  | Instance
  | Storage
  | Tensor
  | NumpyDtype;

/** A list, tuple or set. */
export class Sequence {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: PickleValue[];

  constructor(kind: 'list' | 'tuple' | 'set', items: PickleValue[] = []) {
    this.kind = kind;
    this.items = items;
  }
}

/** A dict, ordered or not: values by the text of their keys, as {@link dictKey} gives it. */
export class Dict {
  readonly entries = new Map<string, PickleValue>();
}

/** A class or function that a file names. It is only ever a name. */
export class GlobalName {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  get full(): string {
    return `${this.module}.${this.name}`;
  }
}

/** An object of a class that is not known: what was said of it, and no more. */
export class Instance {
  readonly of: GlobalName;
  readonly args: readonly PickleValue[];
  state: PickleValue | undefined;
  /** What was appended to it, where its class is a kind of list. */
  readonly items: PickleValue[] = [];
  /** What was put into it, where its class is a kind of dict. */
  readonly entries = new Map<string, PickleValue>();

  constructor(of: GlobalName, args: readonly PickleValue[]) {
    this.of = of;
    this.args = args;
  }
}

/** A torch dtype as a value: `torch.float32`. */
export class DtypeValue {
  readonly dtype: TorchDtype;

  constructor(dtype: TorchDtype) {
    this.dtype = dtype;
  }
}

/** A run of bytes that tensors look at, by the key under which the file has it. */
export class Storage {
  readonly key: string;
  /** That of its class; `undefined` for one of bare bytes. */
  readonly dtype: TorchDtype | undefined;
  /** Where it begins in what the key stands for: old files have storages that are parts of others. */
  readonly begin: number;
  readonly bytes: number;

  constructor(key: string, dtype: TorchDtype | undefined, begin: number, bytes: number) {
    this.key = key;
    this.dtype = dtype;
    this.begin = begin;
    this.bytes = bytes;
  }
}

/** A tensor as `torch._utils` rebuilds it. All counts are in elements. */
export class Tensor {
  readonly storage: Storage;
  readonly dtype: TorchDtype;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: Storage,
    dtype: TorchDtype,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.storage = storage;
    this.dtype = dtype;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A numpy dtype: its code, as `f8`, and its byte order once the file has said it. */
export class NumpyDtype {
  readonly code: string;
  order = '';

  constructor(code: string) {
    this.code = code;
  }
}

/** Longer than any name of a tensor or a setting. Keys are copied, so that they must not be long. */
const LONGEST_KEY = 1024;
const MAX_KEY_PARTS = 16;

/**
 * The text under which a dict keeps the value of a key, with a letter for the kind of the key, so
 * that `1` and `"1"` stay apart. `undefined` for what is no key or is not supported as one.
 */
export function dictKey(key: PickleValue): string | undefined {
  if (typeof key === 'string') return key.length > LONGEST_KEY ? undefined : `s${key}`;
  const text = keyText(key);
  return text === undefined ? undefined : `o${text}`;
}

function keyText(key: PickleValue, depth = 0): string | undefined {
  if (key === null || ['boolean', 'number', 'bigint'].includes(typeof key)) return String(key);
  if (typeof key === 'string') return key.length > LONGEST_KEY ? undefined : key;
  if (key instanceof DtypeValue) return `torch.${key.dtype.name}`;
  if (!(key instanceof Sequence) || key.kind !== 'tuple' || depth > 0) return undefined;
  if (key.items.length > MAX_KEY_PARTS) return undefined;
  const parts = key.items.map((item) => keyText(item, depth + 1));
  return parts.includes(undefined) ? undefined : `(${parts.join(', ')})`;
}
