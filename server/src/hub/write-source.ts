import { LoupeError } from '@loupe/shared';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import {
  formatPrecision,
  HEADER_KEY,
  type Provenance,
  type SourceHeader,
  type StoredTensor,
  tensorsOf,
} from '../dictionaries/store-form.ts';
import { writeFileAtomically } from '../weights/atomic-file.ts';
import {
  chooseDtype,
  type Precision,
  type Rounding,
  type StoredDtype,
} from '../weights/rounding.ts';
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
  /** Default: as published. */
  precision?: Precision | undefined;
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
  {
    config,
    weights,
    variants,
    provenance,
    explainedVariance,
    precision = 'published',
  }: SourceToWrite,
  onProgress: (share: number) => void = () => {},
): SourceHeader['errors'] {
  const tensors = tensorsOf(config, weights);
  for (const tensor of tensors) checkFinite(tensor);
  const errors: SourceHeader['errors'] = {};
  const dtypes = new Set<StoredDtype>();
  const streamed = tensors.map((tensor): StreamedTensor => {
    const { dtype, error } = dtypeFor(tensor, precision);
    errors[tensor.name] = error;
    if (tensor.featureAxis !== undefined) dtypes.add(dtype);
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
      precision: formatPrecision(
        dtypes,
        Object.values(errors).some((error) => error > 0),
      ),
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

function dtypeFor({ values, shape, featureAxis }: StoredTensor, precision: Precision): Rounding {
  const exact = { dtype: 'F32', error: 0 } as const;
  if (featureAxis === undefined) return exact;
  return chooseDtype(values, shape[1] as number, featureAxis, precision);
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
