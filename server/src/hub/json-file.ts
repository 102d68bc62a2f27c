import { readFileSync, statSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';

/** Larger than any configuration or stored run, and still read in a moment. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Reads and parses a JSON file.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if it cannot be read, is too large or is not JSON
 */
export function readJsonFile(path: string): unknown {
  try {
    if (statSync(path).size > LARGEST) throw new Error('it is too large');
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoupeError('LOUPE_BAD_FILE', `${path} cannot be read: ${reason}.`);
  }
}
