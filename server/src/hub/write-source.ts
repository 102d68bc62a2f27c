import { LoupeError } from '@loupe/shared';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import {
  HEADER_KEY,
  type Provenance,
  type SourceHeader,
  type StoredTensor,
  tensorsOf,
} from '../dictionaries/store-form.ts';
import { writeFileAtomically } from '../weights/atomic-file.ts';
import { chooseDtype, type Rounding } from '../weights/rounding.ts';
import { storedBytes } from '../weights/stored-bytes.ts';
import { type StreamedTensor, streamSafetensors } from '../weights/stream-safetensors.ts';

/** A source to be put into the store. */
export interface SourceToWrite {
  config: DictionaryConfig;
  weights: DictionaryWeights;
  /** Other conventions under which it can be read, by name. */
  variants?: SourceHeader['variants'];
  provenance: Provenance;
  /** Where it was measured. */
  explainedVariance?: number | undefined;
  /** Store float32 whatever 16 bits would change. */
  keepFloat32?: boolean | undefined;
}

/**
 * Writes a source in the store's form, which is there as a whole or not at all.
 *
 * @param onProgress told now and then which share is done, 0 to 1
 * @returns what rounding changed, by tensor
 * @throws LoupeError `LOUPE_BAD_FILE` for weights that are not finite, `LOUPE_DISK_FULL`
 */
export function writeSource(
  path: string,
  { config, weights, variants, provenance, explainedVariance, keepFloat32 }: SourceToWrite,
  onProgress: (share: number) => void = () => {},
): SourceHeader['errors'] {
  const tensors = tensorsOf(config, weights);
  for (const tensor of tensors) checkFinite(tensor);
  const errors: SourceHeader['errors'] = {};
  const streamed = tensors.map((tensor): StreamedTensor => {
    const { dtype, error } = dtypeFor(tensor, keepFloat32 ?? false);
    errors[tensor.name] = error;
    const { name, shape, values } = tensor;
    return { name, dtype, shape, bytes: () => storedBytes(values, dtype) };
  });
  const metadata = (dataSha256: string) => {
    const header: SourceHeader = {
      form: 1,
      config,
      ...(variants && { variants }),
      provenance,
      errors,
      dataSha256,
      ...(explainedVariance !== undefined && { explainedVariance }),
    };
    return { [HEADER_KEY]: JSON.stringify(header) };
  };
  writeFileAtomically(path, (descriptor) =>
    streamSafetensors(descriptor, streamed, metadata, onProgress),
  );
  return errors;
}

function dtypeFor({ values, shape, featureAxis }: StoredTensor, keepFloat32: boolean): Rounding {
  const exact = { dtype: 'F32', error: 0 } as const;
  if (keepFloat32 || featureAxis === undefined) return exact;
  return chooseDtype(values, shape[1] as number, featureAxis);
}

/** Thresholds may be infinite: such a feature never fires. */
function checkFinite({ name, values }: StoredTensor): void {
  if (name === 'threshold') return;
  for (const value of values) {
    if (Number.isFinite(value)) continue;
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${name} holds ${value}: with such weights nothing can be computed. Export it again.`,
    );
  }
}
