import fc from 'fast-check';
import {
  D_HEAD,
  D_MODEL,
  type RandomDictionary,
  type RandomSmallModel,
  VOCABULARY,
} from './random-small-model.ts';

const LAYERS = 3;

const normalization = fc.constantFrom<RandomDictionary['normalization']>(
  { kind: 'none' },
  { kind: 'factor', factor: 1.7 },
  { kind: 'layer-norm', deviation: 'biased', epsilon: 1e-5 },
  { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 },
);
const activationFunction = fc.constantFrom<RandomDictionary['activationFunction']>(
  { kind: 'relu' },
  { kind: 'topk', k: 5 },
  { kind: 'jumprelu' },
);
const attention = fc.record<RandomDictionary>({
  hook: fc.constantFrom('attn.hook_z', 'hook_attn_out'),
  convention: fc.constantFrom('raw', 'centred', 'value-bias-removed'),
  normalization,
  activationFunction,
});
const transcoder = fc.record<RandomDictionary>({
  hook: fc.constantFrom('ln2.hook_normalized', 'hook_resid_mid'),
  convention: fc.constantFrom('raw', 'centred'),
  normalization,
  activationFunction,
  skip: fc.boolean(),
});

/** Small models whose dictionaries are of every form that there is, or missing. */
export const models = fc.record<RandomSmallModel>({
  seed: fc.nat(9999).map(String),
  heads: fc.array(fc.integer({ min: 1, max: D_MODEL / D_HEAD }), {
    minLength: LAYERS,
    maxLength: LAYERS,
  }),
  attention: fc.array(fc.option(attention, { nil: undefined }), {
    minLength: LAYERS,
    maxLength: LAYERS,
  }),
  mlp: fc.array(fc.option(transcoder, { nil: undefined }), {
    minLength: LAYERS,
    maxLength: LAYERS,
  }),
  crossLayer: fc.boolean(),
});
/** Token ids. */
export const prompts = fc.array(fc.integer({ min: 0, max: VOCABULARY - 1 }), {
  minLength: 1,
  maxLength: 7,
});
