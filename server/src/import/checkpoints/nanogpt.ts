import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { ANY_CHARACTER } from '../../model/tokenizer-files.ts';
import { checkpointNames } from '../../weights/checkpoint-names.ts';
import { readPickle } from '../../weights/pytorch/plain-pickle.ts';
import { TorchFile } from '../../weights/pytorch/torch-file.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { hasTokenizer, TOKENIZER_FILES } from '../../weights/tokenizer-folder.ts';
import type { CheckpointForm, StagedCheckpoint } from './form.ts';
import { copyInto, leftOut } from './hugging-face.ts';
import { holds, type WeightsPlace, weightsPlace, withWeights } from './weights-place.ts';
import { type CheckpointTensor, transposed, writeCheckpoint } from './write-checkpoint.ts';

const META = 'meta.pkl';
const END_OF_TEXT = 50256;

/**
 * What nanoGPT's `train.py` saves: `ckpt.pt` with `model`, the state dict, and `model_args`. Its matrices
 * are those of `nn.Linear`, so they are transposed; without `bias` there are no biases at all; its GELU is
 * the exact one. `meta.pkl` beside it names the characters of models of characters.
 */
export const nanoGpt: CheckpointForm = {
  name: "nanoGPT's checkpoint",

  recognizes(path) {
    return holds(weightsPlace(path, 'ckpt.pt'), (file) => argumentsOf(file) !== undefined);
  },

  async stage(path, folder) {
    const place = weightsPlace(path, 'ckpt.pt') as WeightsPlace;
    const { vocabulary, unused } = withWeights(place.file, (file) => {
      const sizes = argumentsOf(file) ?? {};
      const size = (name: string) => wholeNumber(sizes, name, file.path);
      const config = {
        model_type: 'gpt2',
        architectures: ['GPT2LMHeadModel'],
        n_layer: size('n_layer'),
        n_head: size('n_head'),
        n_embd: size('n_embd'),
        n_positions: size('block_size'),
        vocab_size: size('vocab_size'),
        activation_function: 'gelu',
        layer_norm_epsilon: 1e-5,
        tie_word_embeddings: true,
        // Padded vocabularies are GPT-2's; those of characters have no such token.
        bos_token_id: size('vocab_size') > END_OF_TEXT ? END_OF_TEXT : null,
        eos_token_id: null,
      };
      const { tensors, unused } = tensorsOf(file, config.n_layer, config.n_embd);
      writeCheckpoint(folder, config, tensors);
      return { vocabulary: config.vocab_size, unused };
    });
    const staged: StagedCheckpoint = {
      warnings: [
        'Of nanoGPT the exact GELU is used, as it has it since June 2023; before, it had the tanh form. ' +
          'If yours is older, write "gelu_new" for activation_function into config.json in the store.',
        ...leftOut(unused),
      ],
      tokenizers: vocabulary > END_OF_TEXT ? ['gpt2', 'openai-community/gpt2'] : [],
    };
    if (existsSync(join(place.folder, META))) {
      writeCharacters(join(place.folder, META), folder);
    } else if (hasTokenizer(place.folder)) {
      for (const name of readdirSync(place.folder)) {
        const isPart = TOKENIZER_FILES.some((file) => file === name);
        if (isPart) await copyInto(folder, name, join(place.folder, name));
      }
    } else if (vocabulary <= END_OF_TEXT) {
      staged.warnings.push(
        `If it is a model of characters, put the ${META} of its data beside it.`,
      );
    }
    return staged;
  },
};

function argumentsOf(file: TensorFile | TorchFile): JsonObject | undefined {
  if (!(file instanceof TorchFile) || !isObject(file.data) || !isObject(file.data.model))
    return undefined;
  return isObject(file.data.model_args) ? file.data.model_args : undefined;
}

function wholeNumber(of: JsonObject, name: string, file: string): number {
  const value = of[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new LoupeError('LOUPE_BAD_FILE', `${file}: model_args has no whole number ${name}.`);
}

function tensorsOf(
  file: TensorFile | TorchFile,
  layers: number,
  dModel: number,
): { tensors: CheckpointTensor[]; unused: string[] } {
  const { prefix } = checkpointNames({ ...file, path: file.path, names: file.names } as TensorFile);
  const shapeOf = (name: string): readonly number[] | undefined =>
    file.has(prefix + name) ? file.info(prefix + name).shape : undefined;
  const tensors: CheckpointTensor[] = [];
  const asIs = (name: string) =>
    tensors.push({
      name,
      shape: shapeOf(name) ?? [],
      read: () => file.readFloat32(prefix + name),
    });
  const biasOf = (name: string, width: number) => {
    if (shapeOf(`${name}.bias`)) asIs(`${name}.bias`);
    else {
      const read = () => new Float32Array(width);
      tensors.push({ name: `${name}.bias`, shape: [width], read });
    }
  };
  const norm = (name: string) => {
    asIs(`${name}.weight`);
    biasOf(name, dModel);
  };
  const linear = (name: string) => {
    const whole = prefix + name;
    const [out = 0, into = 0] = shapeOf(`${name}.weight`) ?? [];
    const read = () => transposed(file.readFloat32(`${whole}.weight`), out, into);
    tensors.push({ name: `${name}.weight`, shape: [into, out], read });
    biasOf(name, out);
  };
  asIs('wte.weight');
  asIs('wpe.weight');
  for (let layer = 0; layer < layers; layer++) {
    norm(`h.${layer}.ln_1`);
    linear(`h.${layer}.attn.c_attn`);
    linear(`h.${layer}.attn.c_proj`);
    norm(`h.${layer}.ln_2`);
    linear(`h.${layer}.mlp.c_fc`);
    linear(`h.${layer}.mlp.c_proj`);
  }
  norm('ln_f');
  const used = new Set(tensors.map(({ name }) => prefix + name));
  const head = `${prefix.replace(/transformer\.$/, '')}lm_head.weight`;
  if (file.has(head))
    tensors.push({
      name: 'lm_head.weight',
      shape: file.info(head).shape,
      read: () => file.readFloat32(head),
    });
  const unused = file.names.filter(
    (name) =>
      name.startsWith('model.') &&
      !used.has(name) &&
      name !== head &&
      !/\.attn\.(bias|masked_bias)$/.test(name),
  );
  return { tensors, unused };
}

/** Writes the characters of `meta.pkl`, `stoi` by name, as a tokenizer of one token a character. */
function writeCharacters(path: string, folder: string): void {
  const meta = readPickle(path);
  const ids = isObject(meta) ? meta.stoi : undefined;
  const isOne = ([character, id]: [string, unknown]) =>
    [...character].length === 1 && Number.isSafeInteger(id);
  if (!isObject(ids) || !Object.entries(ids).every(isOne)) {
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${path} has no stoi, which gives each character its id.`,
    );
  }
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: {
      type: 'Split',
      pattern: { Regex: ANY_CHARACTER },
      behavior: 'Isolated',
      invert: false,
    },
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: { type: 'WordLevel', vocab: ids, unk_token: '<unk>' },
  };
  const config = { tokenizer_class: 'PreTrainedTokenizerFast' };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
}
