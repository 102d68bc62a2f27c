import { GlobalName, type PickleValue, Sequence, Storage } from './pickle-values.ts';
import { storageKind } from './torch-dtypes.ts';

/**
 * What torch.save writes in place of storages: `("storage", class, key, location, length)`, where the
 * location, a device, says nothing of the bytes and is passed over. The form without zip adds
 * `(key of the part, begin, length)` for a storage that is a part of another, or `None`; and it has
 * `("module", class, …)` for the classes of modules.
 *
 * @returns `undefined` for anything else
 */
export function persistentValue(id: PickleValue): Storage | GlobalName | undefined {
  if (!(id instanceof Sequence)) return undefined;
  const [what, of, key, , length, part] = id.items;
  if (what === 'module') return of instanceof GlobalName ? of : undefined;
  if (what !== 'storage' || !(of instanceof GlobalName) || typeof key !== 'string')
    return undefined;
  const kind = storageKind(of.module, of.name);
  if (kind === undefined || !isCount(length)) return undefined;
  const dtype = kind === 'untyped' ? undefined : kind;
  const width = dtype?.bytes ?? 1;
  if (part === undefined || part === null) return new Storage(key, dtype, 0, length * width);
  if (!(part instanceof Sequence)) return undefined;
  const [, begin, partLength] = part.items;
  if (!isCount(begin) || !isCount(partLength) || begin + partLength > length) return undefined;
  return new Storage(key, dtype, begin * width, partLength * width);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value * 16);
}
