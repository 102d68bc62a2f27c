import type { Call, CallContext } from './call.ts';
import { numpyScalar } from './numpy-scalar.ts';
import {
  Dict,
  dictKey,
  GlobalName,
  Instance,
  NumpyDtype,
  type PickleValue,
  Sequence,
} from './pickle-values.ts';
import { rebuilders } from './rebuild-tensor.ts';

const PATHS = ['PosixPath', 'WindowsPath', 'PurePosixPath', 'PureWindowsPath', 'Path', 'PurePath'];
const MAX_PATH_PARTS = 64;
const LONGEST_PATH = 4096;

/**
 * The callables that files may ask for, each with our own code for what it would give. No other
 * REDUCE is followed.
 */
export const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...rebuilders,
  ['collections.OrderedDict', dict],
  ['collections.defaultdict', ([factory]) => (isFactory(factory) ? new Dict() : undefined)],
  ['collections.Counter', ([counts]) => (counts instanceof Dict ? counts : undefined)],
  ['builtins.set', set],
  ['builtins.frozenset', set],
  ['builtins.bytes', (args) => (args.length === 0 ? new Uint8Array(0) : undefined)],
  ['builtins.bytearray', bytearray],
  ['_codecs.encode', encode],
  ['torch.Size', size],
  ['torch.device', device],
  ['numpy.dtype', ([code]) => (typeof code === 'string' ? new NumpyDtype(code) : undefined)],
  ['numpy._core.multiarray.scalar', numpyScalar],
  ['copyreg._reconstructor', reconstructor],
  [
    'types.SimpleNamespace',
    (args) =>
      args.length === 0 ? new Instance(new GlobalName('types', 'SimpleNamespace'), []) : undefined,
  ],
  ...PATHS.map((name): [string, Call] => [`pathlib.${name}`, path]),
]);

function dict(args: readonly PickleValue[], context: CallContext): PickleValue | undefined {
  const made = new Dict();
  const [pairs] = args;
  if (pairs === undefined) return made;
  if (!(pairs instanceof Sequence)) return undefined;
  // As Python 2 wrote it.
  context.spend(pairs.items.length);
  for (const pair of pairs.items) {
    if (!(pair instanceof Sequence) || pair.items.length !== 2) return undefined;
    const [key, value] = pair.items as [PickleValue, PickleValue];
    const text = dictKey(key);
    if (text === undefined) return undefined;
    made.entries.set(text, value);
  }
  return made;
}

function isFactory(factory: PickleValue | undefined): boolean {
  return factory === undefined || factory === null || factory instanceof GlobalName;
}

function set([items]: readonly PickleValue[]): PickleValue | undefined {
  if (items === undefined) return new Sequence('set');
  // The items are shared, not copied: a file may ask for this as often as it likes.
  return items instanceof Sequence ? new Sequence('set', items.items) : undefined;
}

function bytearray(args: readonly PickleValue[], context: CallContext): PickleValue | undefined {
  const [bytes] = args;
  if (bytes === undefined) return new Uint8Array(0);
  return bytes instanceof Uint8Array ? bytes : encode(args, context);
}

/** Bytes, as protocol 2 has to write them: each as the character of its number. */
function encode(args: readonly PickleValue[], context: CallContext): PickleValue | undefined {
  const [text, encoding] = args;
  const known = encoding === 'latin1' || encoding === 'latin-1';
  if (typeof text !== 'string' || !known) return undefined;
  context.spend(text.length);
  const bytes = Buffer.from(text, 'latin1');
  return bytes.toString('latin1') === text ? new Uint8Array(bytes) : undefined;
}

function size([items]: readonly PickleValue[]): PickleValue | undefined {
  return items instanceof Sequence ? new Sequence('tuple', items.items) : undefined;
}

function device([type, index]: readonly PickleValue[]): PickleValue | undefined {
  if (typeof type !== 'string' || !/^[a-z:0-9]{1,32}$/.test(type)) return undefined;
  if (index === undefined || index === null) return type;
  return Number.isSafeInteger(index) ? `${type}:${index}` : undefined;
}

/** How objects without a form of their own were written by the first two protocols. */
function reconstructor(args: readonly PickleValue[]): PickleValue | undefined {
  const [of, base, state] = args;
  const isObject = base instanceof GlobalName && base.full === 'builtins.object';
  return of instanceof GlobalName && isObject && state === null ? new Instance(of, []) : undefined;
}

/** A path, as text. */
function path(parts: readonly PickleValue[]): PickleValue | undefined {
  if (parts.length > MAX_PATH_PARTS) return undefined;
  const texts = parts.filter((part) => typeof part === 'string');
  const length = texts.reduce((sum, text) => sum + text.length + 1, 0);
  if (texts.length < parts.length || length > LONGEST_PATH) return undefined;
  return texts.join('/').replace(/^\/\//, '/');
}
