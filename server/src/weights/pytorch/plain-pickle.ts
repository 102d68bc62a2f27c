import { FileBytes } from '../file-bytes.ts';
import { PickleInput } from './pickle-input.ts';
import { unpickle } from './pickle-machine.ts';
import { type PlainValue, toPlainData } from './plain-data.ts';

/**
 * What Python's pickle has written of plain data, such as settings and vocabularies. Nothing of it is run.
 *
 * @throws LoupeError as `unpickle`
 */
export function readPickle(path: string): PlainValue {
  const file = FileBytes.open(path);
  try {
    const root = unpickle(new PickleInput(file, 0, file.size), () => undefined);
    return toPlainData(root, path).plain;
  } finally {
    file.close();
  }
}
