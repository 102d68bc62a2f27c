import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../weights/atomic-file.ts';
import { readTextFile } from '../../weights/text-file.ts';
import { SET_FILE, type SetFile } from '../set-file.ts';

/** Writes a set's `set.json` into its folder, unless it says the same already. */
export function writeSetFile(folder: string, set: SetFile): void {
  const path = join(folder, SET_FILE);
  const text = `${JSON.stringify(set, null, 2)}\n`;
  if (currentText(path) === text) return;
  writeFileAtomically(path, (descriptor) => {
    writeSync(descriptor, text);
  });
}

function currentText(path: string): string | undefined {
  try {
    return readTextFile(path);
  } catch {
    // It is not there, or damaged: then it is written anew.
    return undefined;
  }
}
