import { readFileSync, statSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';
import { parse as parseYaml } from 'yaml';

/** Larger than the tokenizer of any published GPT-2, and still read in a moment. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Reads a text file.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if it cannot be read, is larger than 32 MiB or is not UTF-8.
 */
export function readTextFile(path: string): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error('it is not a file');
    if (stats.size > LARGEST) throw new Error(`it has ${stats.size} bytes, more than ${LARGEST}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Reads and parses a JSON file.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if `readTextFile` would, or if it is not JSON.
 */
export function readJsonFile(path: string): unknown {
  const text = readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Reads and parses a YAML file, of which only plain data is taken.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if `readTextFile` would, or if it is not YAML.
 */
export function readYamlFile(path: string): unknown {
  const text = readTextFile(path);
  try {
    return parseYaml(text, { schema: 'core', logLevel: 'silent' });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): LoupeError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LoupeError('LOUPE_BAD_FILE', `${path} cannot be read: ${reason}.`);
}
