import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { LoupeError } from '@loupe/shared';

const CHUNK_BYTES = 1 << 20;

/**
 * Length and SHA-256 of a file, read piece by piece.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if it cannot be read
 */
export function hashFile(path: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  try {
    const descriptor = openSync(path, 'r');
    try {
      for (let got = -1; got !== 0; bytes += got) {
        got = readSync(descriptor, chunk);
        hash.update(chunk.subarray(0, got));
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoupeError('LOUPE_BAD_FILE', `${path} cannot be read: ${reason}.`);
  }
  return { bytes, sha256: hash.digest('hex') };
}
