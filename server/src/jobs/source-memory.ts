import { laterLayers } from '../dictionaries/cross-layer.ts';
import type { InstalledSource } from '../hub/installed-source.ts';
import type { Kernels } from '../tensor/kernels.ts';

/**
 * Memory that a source's dictionary takes once it is loaded, in bytes; biases, a thousandth of it, do
 * not count.
 *
 * @param decodersOnDisk true if decoders in the store's form stay in their file
 */
export function sourceMemory(
  { config, storedBytes }: Pick<InstalledSource, 'config' | 'storedBytes'>,
  { copies, holdsStoredRows }: Pick<Kernels, 'copies' | 'holdsStoredRows'>,
  decodersOnDisk: boolean,
): number {
  const { dIn, dOut, width } = config;
  const encoder = 4 * dIn * width * copies;
  const written = dOut * (1 + laterLayers(config));
  if (storedBytes === undefined) return encoder + 4 * written * width;
  if (decodersOnDisk || !holdsStoredRows) return encoder;
  return encoder + Math.round((storedBytes * written) / (dIn + written));
}
