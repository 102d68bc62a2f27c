import { type ActivationFunction, LoupeError, type Normalization } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../../checked.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import {
  readSizes,
  readTensors,
  type TensorPlaces,
  tensorFiles,
  weightsFile,
} from './named-tensors.ts';
import { TensorFile } from './tensor-file.ts';

const PLACES: TensorPlaces = {
  W_enc: { name: 'encoder.weight', transposed: true },
  b_enc: 'latent_bias',
  W_dec: { name: 'decoder.weight', transposed: true },
  b_in: 'pre_bias',
  b_out: 'pre_bias',
};

/** Counts of the training, which no equation has. */
const STATISTICS = ['stats_last_nonzero', 'latents_activation_frequency', 'latents_mean_square'];

/** What stands beside the tensors. */
const Saved = Type.Object({
  activation: Type.Optional(Type.String()),
  activation_state_dict: Type.Optional(
    Type.Object({ k: Type.Optional(Type.Integer({ minimum: 1 })) }),
  ),
});
type Saved = Static<typeof Saved>;

/**
 * The autoencoders of OpenAI as they published them (github.com/openai/sparse_autoencoder): a state
 * dictionary with `encoder.weight` `[width, d_in]`, `decoder.weight` `[d_out, width]`, `pre_bias` and
 * `latent_bias`. Those with TopK normalise each row by its unbiased deviation, the older ones with ReLU
 * do not. The hook is that of the card: the files do not say it.
 */
export const openai: DictionaryFormat = {
  name: 'openai',
  recognizes(folder) {
    const [file, ...more] = tensorFiles(folder);
    if (!file || more.length > 0) return false;
    return TensorFile.use(folder, file, (tensors) =>
      ['encoder.weight', 'latent_bias', 'pre_bias'].every((name) => tensors.has(name)),
    );
  },
  describe(folder, card) {
    return TensorFile.use(folder, weightsFile(folder, card), (file) => {
      if (!card.hook) {
        throw new LoupeError(
          'LOUPE_BAD_FILE',
          `${file.path} does not say which hook it is for. ` +
            'Put a card beside it with "hook": "blocks.<layer>.hook_resid_post".',
        );
      }
      const what = `${file.path}: what is saved beside the tensors is not valid`;
      const saved = checked(Saved, file.data ?? {}, 'LOUPE_BAD_FILE', what);
      const activationFunction = card.activationFunction ?? savedFunction(folder, saved);
      return {
        ...readSizes(file, PLACES),
        hook: card.hook,
        outputHook: card.outputHook ?? card.hook,
        convention: card.convention ?? 'raw',
        normalization: card.normalization ?? normalization(activationFunction),
        activationFunction,
      };
    });
  },
  load(folder, card, config) {
    return TensorFile.use(folder, weightsFile(folder, card), (file) => {
      file.leave((name) => STATISTICS.includes(name));
      return readTensors(file, PLACES, config);
    });
  },
};

function savedFunction(folder: DictionaryFolder, saved: Saved): ActivationFunction {
  const { activation = 'ReLU', activation_state_dict: { k } = {} } = saved;
  if (activation === 'ReLU') return { kind: 'relu' };
  if (activation === 'TopK' && k !== undefined) return { kind: 'topk', k };
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${folder.path} cannot be used: its activation function is "${activation}"` +
      `${activation === 'TopK' ? ' without k' : ''}.`,
  );
}

/** As OpenAI's own loader decides it. */
function normalization(activationFunction: ActivationFunction): Normalization {
  return activationFunction.kind === 'topk'
    ? { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 }
    : { kind: 'none' };
}
