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

const WORDS: Record<Convention, string> = {
  raw: 'raw values',
  centred: 'mean removed',
  'value-bias-removed': 'value biases removed',
};

/** A convention in words, for people. */
export function conventionText(convention: Convention): string {
  return WORDS[convention];
}
