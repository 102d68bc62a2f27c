import { LoupeError } from '@loupe/shared';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { saelens } from './saelens.ts';

/** Every format that can be read. */
export const formats: readonly DictionaryFormat[] = [saelens];

/**
 * The format of a folder.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` if no format recognises it.
 */
export function findFormat(folder: DictionaryFolder): DictionaryFormat {
  const format = formats.find((candidate) => candidate.recognizes(folder));
  if (format) return format;
  const known = formats.map(({ name }) => name).join(', ');
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${folder.path} holds no dictionary that Loupe knows. Formats: ${known}.`,
  );
}
