import { type Static, Type } from 'typebox';

/**
 * What is done to the values of the raw model before a dictionary reads them, and undone on what it
 * writes, so that it gets the input it was trained on. Most published dictionaries of GPT-2 were trained
 * on a model whose weights TransformerLens had processed; each of these gives a hook's value in that
 * model from the same hook of the raw one.
 */
export const Convention = Type.Union(
  [Type.Literal('raw'), Type.Literal('centred'), Type.Literal('value-bias-removed')],
  {
    description:
      'raw: the hook as it is; centred: less its mean over the residual stream; ' +
      'value-bias-removed: head outputs less the value biases',
  },
);
export type Convention = Static<typeof Convention>;

const Kind = <Name extends string>(name: Name) => ({ kind: Type.Literal(name) });
const strict = { additionalProperties: false };

/** What turns pre-activations into activations. */
export const ActivationFunction = Type.Union([
  Type.Object(Kind('relu'), strict),
  Type.Object(
    { ...Kind('topk'), k: Type.Integer({ minimum: 1 }) },
    {
      ...strict,
      description: 'the k largest pre-activations of a position, then ReLU (Gao et al., 2024)',
    },
  ),
  Type.Object(Kind('jumprelu'), {
    ...strict,
    description:
      "a pre-activation above its feature's threshold, else 0 (Rajamanoharan et al., 2024)",
  }),
]);
export type ActivationFunction = Static<typeof ActivationFunction>;

/** What is done to a dictionary's input first, and undone on its output. */
export const Normalization = Type.Union([
  Type.Object(Kind('none'), strict),
  Type.Object(
    {
      ...Kind('layer-norm'),
      deviation: Type.Union([Type.Literal('biased'), Type.Literal('unbiased')]),
      epsilon: Type.Number({ minimum: 0 }),
    },
    {
      ...strict,
      description:
        'each row centred and divided by its deviation: `biased` by √(variance + ε), `unbiased` by ' +
        "the deviation of n − 1 degrees of freedom plus ε, as OpenAI's autoencoders do",
    },
  ),
  Type.Object(
    { ...Kind('factor'), factor: Type.Number({ exclusiveMinimum: 0 }) },
    { ...strict, description: 'every value times a constant' },
  ),
  Type.Object(Kind('constant-norm'), {
    ...strict,
    description: 'each row scaled to the length √d',
  }),
]);
export type Normalization = Static<typeof Normalization>;

/** What a dictionary is, by what it reads and writes. */
export const DictionaryType = Type.Union(
  [Type.Literal('sae'), Type.Literal('transcoder'), Type.Literal('cross-layer-transcoder')],
  {
    description:
      'sae: reconstructs what it reads; transcoder: another hook; cross-layer-transcoder: that hook of ' +
      'later layers too',
  },
);
export type DictionaryType = Static<typeof DictionaryType>;

/** How a dictionary computes. */
export const DictionaryForm = Type.Object({
  type: DictionaryType,
  activationFunction: ActivationFunction,
  normalization: Normalization,
});
export type DictionaryForm = Static<typeof DictionaryForm>;
