import type { FileBytes } from '../file-bytes.ts';
import { persistentValue } from './persistent-id.ts';
import { PickleInput } from './pickle-input.ts';
import { unpickle } from './pickle-machine.ts';
import { badTorchFile } from './problems.ts';
import type { StoragePlace, TorchContents } from './torch-contents.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/**
 * Reads what torch.save has written since PyTorch 1.6: a zip archive of `<any>/data.pkl`, with one
 * `<any>/data/<key>` for each storage and, since 2.1, `<any>/byteorder`.
 *
 * @throws LoupeError as `unpickle` and `readZipDirectory`
 */
export function readZipForm(file: FileBytes): TorchContents {
  const entries = readZipDirectory(file);
  const pickles = [...entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    throw badTorchFile(file.path, `its archive has ${pickles.length} of data.pkl, not one`);
  }
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw badTorchFile(file.path, 'it is a TorchScript program. Save the state_dict instead');
  }
  checkByteOrder(file, entries.get(`${folder}byteorder`));
  const input = new PickleInput(file, pickle.position, pickle.position + pickle.bytes);
  const root = unpickle(input, persistentValue);
  if (input.position !== pickle.position + pickle.bytes) {
    throw badTorchFile(file.path, 'its data.pkl has more than one pickle');
  }
  const storages = new Map<string, StoragePlace>();
  const prefix = `${folder}data/`;
  for (const [name, entry] of entries) {
    if (name.startsWith(prefix)) storages.set(name.slice(prefix.length), entry);
  }
  return { root, storages };
}

function checkByteOrder(file: FileBytes, entry: ZipEntry | undefined): void {
  if (entry === undefined) return;
  const bytes = Buffer.alloc(Math.min(entry.bytes, 16));
  file.read(bytes, entry.position);
  const order = bytes.toString('latin1');
  if (order === 'little') return;
  throw badTorchFile(
    file.path,
    order === 'big'
      ? 'it was written on a big-endian machine. Load and save it again on another'
      : `it has the byte order ${JSON.stringify(order)}`,
  );
}
