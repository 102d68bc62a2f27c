import { LoupeError } from '@loupe/shared';
import type { DictionaryCard, TensorPlace } from '../card.ts';
import type { DictionaryConfig, DictionaryWeights } from '../config.ts';
import type { DictionaryFolder } from '../format.ts';
import type { TensorFile } from './tensor-file.ts';

/** Where in a file the parts of a dictionary are. */
export interface TensorPlaces {
  /** `[d_in, width]` */
  W_enc: TensorPlace;
  /** `[width]` */
  b_enc: TensorPlace;
  /** `[width, d_out]` */
  W_dec: TensorPlace;
  /** `[d_out]` */
  b_out: TensorPlace;
  /** `[d_in]`, where something is taken off the input */
  b_in?: TensorPlace | undefined;
  /** `[width]`, for JumpReLU */
  threshold?: TensorPlace | undefined;
}

const TENSOR_FILE = /\.(pt|pth|bin|safetensors)$/;

/** The files of a folder that hold tensors. */
export function tensorFiles(folder: DictionaryFolder): string[] {
  return folder.files.filter((file) => TENSOR_FILE.test(file));
}

/**
 * The file with a dictionary's tensors: that of the card, or the only one there is.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` where the card has to say
 */
export function weightsFile(folder: DictionaryFolder, card: DictionaryCard): string {
  if (card.weights) return card.weights;
  const found = tensorFiles(folder);
  if (found.length === 1) return found[0] as string;
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    `${folder.path} has ${found.length ? found.join(', ') : 'no .pt or .safetensors file'}. ` +
      'Say in the card which file holds the tensors: "weights": "<file>".',
  );
}

/**
 * Sizes of a dictionary by its matrices.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH` if they do not fit together
 */
export function readSizes(
  file: TensorFile,
  places: TensorPlaces,
): Pick<DictionaryConfig, 'dIn' | 'dOut' | 'width'> {
  const [dIn, width, ...more] = file.shape(places.W_enc);
  const [rows, dOut, ...others] = file.shape(places.W_dec);
  const matrices = more.length === 0 && others.length === 0;
  if (matrices && dIn && dOut && width && rows === width) return { dIn, dOut, width };
  const show = (place: TensorPlace) => `[${file.shape(place).join(', ')}]`;
  throw new LoupeError(
    'LOUPE_SHAPE_MISMATCH',
    `${file.path}: an encoder ${show(places.W_enc)} and a decoder ${show(places.W_dec)} do not fit: ` +
      'they should be [d_in, width] and [width, d_out]. ' +
      'Where a file has the axes the other way round, say so in the card: ' +
      '"tensors": { "W_enc": { "name": "…", "transposed": true } }.',
  );
}

/**
 * The tensors, in canonical form.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`
 */
export function readTensors(
  file: TensorFile,
  places: TensorPlaces,
  { dIn, dOut, width, activationFunction }: DictionaryConfig,
): DictionaryWeights {
  return {
    encoder: file.read(places.W_enc, [dIn, width]),
    bEnc: file.read(places.b_enc, [width]),
    decoder: file.read(places.W_dec, [width, dOut]),
    bOut: file.read(places.b_out, [dOut]),
    ...(places.b_in && { bIn: file.read(places.b_in, [dIn]) }),
    ...(activationFunction.kind === 'jumprelu' && {
      threshold: file.read(places.threshold ?? 'threshold', [width]),
    }),
  };
}
