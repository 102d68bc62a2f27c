import { ActivationFunction, Convention, type ErrorCode, Normalization } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../checked.ts';

const strict = { additionalProperties: false };

const VariantName = Type.String({ pattern: '^[a-z0-9-]{1,40}$' });
/** `{layer}` stands for the layer. */
const Hook = Type.String({ pattern: '^[A-Za-z0-9_.{}]{1,100}$' });
const FileName = Type.String({ pattern: '^(?!\\.)[^/\\\\\\0]{1,200}$' });

/** Where in a file a tensor is: its name, and whether it lies there with its axes swapped. */
const TensorPlace = Type.Union([
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 200 }),
      transposed: Type.Boolean(),
    },
    strict,
  ),
]);
export type TensorPlace = Static<typeof TensorPlace>;

/**
 * How the files of a dictionary are to be read: a small JSON file beside them, or an entry of the
 * catalogue. What it says goes before what the files say themselves; what it leaves out is taken from
 * them or has the default of the format.
 */
export const DictionaryCard = Type.Object(
  {
    format: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9-]{1,40}$',
        description: 'how the files are laid out; default: the first format that fits',
      }),
    ),
    layer: Type.Optional(Type.Integer({ minimum: 0, maximum: 9999 })),
    hook: Type.Optional({ ...Hook, description: 'where it reads, in TransformerLens spelling' }),
    outputHook: Type.Optional({ ...Hook, description: 'where it writes; default: `hook`' }),
    convention: Type.Optional(Convention),
    variants: Type.Optional(
      Type.Record(VariantName, Type.Object({ convention: Convention }, strict), {
        ...strict,
        description: 'other conventions that people may choose, by name: `raw-z`',
      }),
    ),
    activationFunction: Type.Optional(ActivationFunction),
    normalization: Type.Optional(Normalization),
    inputBias: Type.Optional(
      Type.Boolean({
        description:
          'whether the output bias is taken off the input, as it is in a sparse autoencoder; ' +
          'a tensor named as `b_in` goes before it',
      }),
    ),
    weights: Type.Optional({ ...FileName, description: 'file of the tensors' }),
    config: Type.Optional({ ...FileName, description: 'file of the configuration' }),
    tensors: Type.Optional(
      Type.Object(
        {
          W_enc: Type.Optional({ ...TensorPlace, description: '[d_in, width]' }),
          b_enc: Type.Optional({ ...TensorPlace, description: '[width]' }),
          W_dec: Type.Optional({ ...TensorPlace, description: '[width, d_out]' }),
          b_in: Type.Optional({ ...TensorPlace, description: '[d_in]' }),
          b_out: Type.Optional({ ...TensorPlace, description: '[d_out]' }),
          threshold: Type.Optional({ ...TensorPlace, description: '[width]' }),
        },
        strict,
      ),
    ),
  },
  strict,
);
export type DictionaryCard = Static<typeof DictionaryCard>;

/**
 * Checks a parsed card.
 *
 * @param what names it in the message
 * @throws LoupeError of the code, `LOUPE_BAD_FILE` if none is given, naming the first field that is
 * wrong
 */
export function parseDictionaryCard(
  json: unknown,
  what: string,
  code: ErrorCode = 'LOUPE_BAD_FILE',
): DictionaryCard {
  return checked(DictionaryCard, json, code, `${what} is not a valid card`);
}

/**
 * The card of one layer: that of the set with the layer's own fields over it, and `{layer}` replaced in
 * hooks, file names and tensor names.
 */
export function cardOfLayer(
  card: DictionaryCard,
  layer: number,
  own: DictionaryCard = {},
): DictionaryCard {
  return fillIn({ ...card, ...own, layer }, layer);
}

function fillIn<T>(value: T, layer: number): T {
  if (typeof value === 'string') return value.replaceAll('{layer}', String(layer)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fillIn(inner, layer)]),
  ) as T;
}
