import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFull } from '../../weights/atomic-file.ts';
import { storedBytes } from '../../weights/stored-bytes.ts';
import { streamSafetensors } from '../../weights/stream-safetensors.ts';

/** A weight by its Hugging Face name without `transformer.`, read when it is written. */
export interface CheckpointTensor {
  name: string;
  shape: readonly number[];
  /** Values, row by row. */
  read: () => Float32Array;
}

/**
 * Writes a checkpoint in Hugging Face's layout, as float32: `config.json` and `model.safetensors`.
 *
 * @throws LoupeError `LOUPE_DISK_FULL`
 */
export function writeCheckpoint(
  folder: string,
  config: object,
  tensors: readonly CheckpointTensor[],
): void {
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const path = join(folder, 'model.safetensors');
  const descriptor = openSync(path, 'w');
  try {
    streamSafetensors(
      descriptor,
      tensors.map(({ name, shape, read }) => ({
        name: name.startsWith('lm_head.') ? name : `transformer.${name}`,
        dtype: 'F32' as const,
        shape,
        bytes: () => storedBytes(read(), 'F32'),
      })),
      () => ({ format: 'pt' }),
    );
  } catch (thrown) {
    throw diskFull(thrown, path) ?? thrown;
  } finally {
    closeSync(descriptor);
  }
}

/** A matrix `[rows, columns]` with its axes swapped. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c] as number;
  }
  return turned;
}
