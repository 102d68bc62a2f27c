import type { FileBytes } from '../file-bytes.ts';
import { persistentValue } from './persistent-id.ts';
import { PickleInput } from './pickle-input.ts';
import { unpickle } from './pickle-machine.ts';
import { Dict, type PickleValue, Sequence, Storage } from './pickle-values.ts';
import { badTorchFile } from './problems.ts';
import type { StoragePlace, TorchContents } from './torch-contents.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const LENGTH_BYTES = 8;

/**
 * Reads what torch.save wrote before PyTorch 1.6, and still does where asked to: pickles of a magic
 * number, a version, facts about the machine, the object, and the keys of its storages, then for each
 * key eight bytes with the number of elements, and these.
 *
 * @throws LoupeError as `unpickle`
 */
export function readLegacyForm(file: FileBytes): TorchContents {
  const input = new PickleInput(file, 0, file.size);
  if (unpickle(input, nothing) !== MAGIC) {
    throw badTorchFile(file.path, 'it is a pickle, but not one that torch.save wrote');
  }
  const protocol = unpickle(input, nothing);
  if (protocol !== PROTOCOL) throw badTorchFile(file.path, 'its version is not known');
  checkByteOrder(file, unpickle(input, nothing));

  const widths = new Map<string, number>();
  const root = unpickle(input, (id) => {
    const value = persistentValue(id);
    if (!(value instanceof Storage)) return value;
    const width = value.dtype?.bytes ?? 1;
    // The length in the file counts elements of whatever the storage was first seen as.
    if (!widths.has(value.key)) widths.set(value.key, width);
    return value;
  });
  const keys = unpickle(input, nothing);
  if (!(keys instanceof Sequence)) throw badTorchFile(file.path, 'it does not list its storages');
  return { root, storages: findStorages(file, keys.items, widths, input.position) };
}

function findStorages(
  file: FileBytes,
  keys: readonly PickleValue[],
  widths: ReadonlyMap<string, number>,
  start: number,
): Map<string, StoragePlace> {
  const storages = new Map<string, StoragePlace>();
  const length = Buffer.alloc(LENGTH_BYTES);
  let position = start;
  for (const key of keys) {
    const width = typeof key === 'string' ? widths.get(key) : undefined;
    if (width === undefined || storages.has(key as string)) {
      throw badTorchFile(file.path, 'its list of storages is not that of its tensors');
    }
    if (position + LENGTH_BYTES > file.size) throw cutShort(file);
    file.read(length, position);
    position += LENGTH_BYTES;
    const bytes = Number(length.readBigUInt64LE(0)) * width;
    if (bytes > file.size - position) throw cutShort(file);
    storages.set(key as string, { position, bytes });
    position += bytes;
  }
  if (position !== file.size) throw badTorchFile(file.path, 'it has bytes behind its last storage');
  return storages;
}

function checkByteOrder(file: FileBytes, facts: PickleValue): void {
  const little = facts instanceof Dict ? facts.entries.get('slittle_endian') : undefined;
  if (little === true) return;
  const what =
    little === false
      ? 'it was written on a big-endian machine. Load and save it again on another'
      : 'it does not say on what machine it was written';
  throw badTorchFile(file.path, what);
}

function nothing(): undefined {
  return undefined;
}

function cutShort(file: FileBytes): Error {
  return badTorchFile(file.path, 'it is cut short within its storages');
}
