import { LoupeError } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../checked.ts';
import type { StoredMatrix } from '../tensor/stored-matrix.ts';
import { DictionaryCard } from './card.ts';
import { DictionaryConfig, type DictionaryWeights, type LoadableWeights } from './config.ts';
import { laterLayers } from './cross-layer.ts';
import type { TensorReader } from './format.ts';

/** Key of the safetensors metadata under which a source's header stands, as JSON. */
export const HEADER_KEY = 'loupe';

export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** A file that a source was made of. */
export const OriginalFile = Type.Object({
  name: Type.String(),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Sha256,
});
export type OriginalFile = Static<typeof OriginalFile>;

/** Whence a source came. */
export const Provenance = Type.Object({
  format: Type.String({ description: 'form in which it was published' }),
  repository: Type.Optional(Type.String()),
  revision: Type.Optional(Type.String()),
  originals: Type.Array(OriginalFile),
  folded: Type.Optional(
    Type.Object(
      { model: Type.String(), layerNorm: Type.String() },
      {
        description:
          "LayerNorm whose weight and bias were folded into the dictionary, by Hugging Face's name",
      },
    ),
  ),
});
export type Provenance = Static<typeof Provenance>;

/** What a source's file says of itself besides its tensors. */
export const SourceHeader = Type.Object({
  form: Type.Literal(1),
  config: DictionaryConfig,
  variants: DictionaryCard.properties.variants,
  provenance: Provenance,
  errors: Type.Record(Type.String(), Type.Number(), {
    description: 'by tensor, what storing it in 16 bits changed: see `measureRounding`; 0 is exact',
  }),
  precision: Type.Optional(Type.String({ description: 'of its matrices: see `formatPrecision`' })),
  dataSha256: Sha256,
  explainedVariance: Type.Optional(Type.Number()),
});
export type SourceHeader = Static<typeof SourceHeader>;

const DTYPE_NAMES: Readonly<Record<string, string>> = {
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
};

/**
 * The precision of matrices in words: `float32`, or `float16, rounded` if published values were changed.
 *
 * @param dtypes as safetensors files name them
 */
export function formatPrecision(dtypes: Iterable<string>, rounded: boolean): string {
  const names = Array.from(new Set(dtypes), (dtype) => DTYPE_NAMES[dtype] ?? dtype).sort();
  return names.join(' and ') + (rounded ? ', rounded' : '');
}

/** The precision of a source in words; one that was stored before it was written down only if it was rounded. */
export function storedPrecision({ precision, errors }: SourceHeader): string | undefined {
  if (precision !== undefined) return precision;
  return Object.values(errors).some((error) => error > 0) ? '16 bits, rounded' : undefined;
}

/**
 * Reads a source's header out of the metadata of its file.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`
 */
export function parseSourceHeader(
  metadata: Readonly<Record<string, string>>,
  path: string,
): SourceHeader {
  const text = metadata[HEADER_KEY];
  if (text === undefined) throw bad(path, 'it has no header of Loupe');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw bad(path, 'the header of Loupe is not JSON');
  }
  return checked(SourceHeader, json, 'LOUPE_BAD_FILE', `${path} is not a source of Loupe's store`);
}

/** A tensor of a source: its name in the file, its shape, and whether 16 bits may do for it. */
export interface StoredTensor {
  name: string;
  shape: readonly [number] | readonly [number, number];
  /** For matrices, which 16 bits may do for: which axis counts features. Biases stay float32. */
  featureAxis: 0 | 1 | undefined;
  values: Float32Array;
}

/**
 * The tensors of a source in the order in which they stand in its file: matrices first, so that they
 * begin at multiples of 64 bytes wherever their sizes are such.
 */
export function tensorsOf(config: DictionaryConfig, weights: DictionaryWeights): StoredTensor[] {
  const { dIn, dOut, width } = config;
  const matrix = (
    name: string,
    rows: number,
    columns: number,
    values: Float32Array,
    featureAxis: 0 | 1,
  ): StoredTensor => ({ name, shape: [rows, columns], featureAxis, values });
  const vector = (name: string, length: number, values: Float32Array): StoredTensor => ({
    name,
    shape: [length],
    featureAxis: undefined,
    values,
  });
  return [
    matrix('W_enc', dIn, width, weights.encoder, 1),
    matrix('W_dec', width, dOut, weights.decoder, 0),
    ...(weights.laterDecoders ?? []).map((decoder, i) =>
      matrix(laterDecoder(i), width, dOut, decoder, 0),
    ),
    ...(weights.skip ? [matrix('W_skip', dIn, dOut, weights.skip, 1)] : []),
    vector('b_enc', width, weights.bEnc),
    ...(weights.threshold ? [vector('threshold', width, weights.threshold)] : []),
    ...(weights.bIn ? [vector('b_in', dIn, weights.bIn)] : []),
    vector('b_out', dOut, weights.bOut),
  ];
}

/** A source's file, whose matrices can be left there until they are needed. */
export interface SourceTensors extends TensorReader {
  matrix(name: string): StoredMatrix;
}

/**
 * The weights of a source from its file's tensors.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` for a tensor that is missing, `LOUPE_SHAPE_MISMATCH`
 */
export function weightsFrom(
  reader: TensorReader,
  config: DictionaryConfig,
  path: string,
): DictionaryWeights {
  return assemble(reader, config, path, (name) => reader.readFloat32(name));
}

/**
 * The same with the large matrices left in the file.
 *
 * @throws LoupeError as `weightsFrom`
 */
export function weightsIn(
  reader: SourceTensors,
  config: DictionaryConfig,
  path: string,
): LoadableWeights {
  return assemble(reader, config, path, (name) => reader.matrix(name));
}

function assemble<Matrix>(
  reader: TensorReader,
  config: DictionaryConfig,
  path: string,
  readMatrix: (name: string) => Matrix,
) {
  const { dIn, dOut, width, activationFunction } = config;
  const later = laterLayers(config);
  const checkedName = (name: string, shape: readonly number[]): string => {
    if (!reader.names.includes(name)) throw bad(path, `it has no ${name}`);
    const found = reader.info(name).shape;
    if (found.join() === shape.join()) return name;
    throw new LoupeError(
      'LOUPE_SHAPE_MISMATCH',
      `${path}: ${name} is [${found.join(', ')}], the header says [${shape.join(', ')}].`,
    );
  };
  const read = (name: string, ...shape: number[]): Float32Array =>
    reader.readFloat32(checkedName(name, shape));
  const matrix = (name: string, ...shape: number[]): Matrix => readMatrix(checkedName(name, shape));
  return {
    encoder: matrix('W_enc', dIn, width),
    decoder: matrix('W_dec', width, dOut),
    bEnc: read('b_enc', width),
    bOut: read('b_out', dOut),
    ...(reader.names.includes('b_in') && { bIn: read('b_in', dIn) }),
    ...(activationFunction.kind === 'jumprelu' && { threshold: read('threshold', width) }),
    ...(reader.names.includes('W_skip') && { skip: read('W_skip', dIn, dOut) }),
    ...(config.crossLayer && {
      laterDecoders: Array.from({ length: later }, (_, i) => matrix(laterDecoder(i), width, dOut)),
    }),
  };
}

/** Name of the decoder to the `i`-th of the later layers that a cross-layer transcoder writes to. */
function laterDecoder(i: number): string {
  return `W_dec_later_${i + 1}`;
}

function bad(path: string, what: string): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_FILE',
    `${path} is not a source of Loupe's store: ${what}. Remove it and install it again.`,
  );
}
