import { LoupeError } from '@loupe/shared';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryConfig } from '../config.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import {
  readSizes,
  readTensors,
  type TensorPlaces,
  tensorFiles,
  weightsFile,
} from './named-tensors.ts';
import { TensorFile } from './tensor-file.ts';

/**
 * The tensors of a dictionary in one PyTorch or safetensors file, as a training script saves its module:
 * `W_enc` `[d_in, width]`, `W_dec` `[width, d_out]`, `b_enc`, `b_dec`, and where the module is a
 * transcoder with a bias for each end `b_dec_out`, `b_dec` then being that of the input. They may lie
 * deeper in the file (`state_dict.W_enc`), and the card may call them otherwise. Hooks are those of the
 * card, or of the training configuration in the file or beside it.
 */
export const stateDict: DictionaryFormat = {
  name: 'state-dict',
  recognizes: (folder) => tensorFiles(folder).length === 1,
  describe(folder, card) {
    return TensorFile.use(folder, weightsFile(folder, card), (file) => {
      const { hook, outputHook } = hooks(folder, card, file);
      const { activationFunction } = card;
      if (!activationFunction) {
        throw incomplete(folder, '"activationFunction": { "kind": "relu" }');
      }
      const isAutoencoder = hook === outputHook;
      if (activationFunction.kind === 'jumprelu' && isAutoencoder && !saysInputBias(file, card)) {
        throw incomplete(
          folder,
          '"inputBias": true if b_dec is taken off the input, or false as dictionary_learning has it: ' +
            'of JumpReLU, libraries differ in that',
        );
      }
      return {
        ...readSizes(file, places(file, card, isAutoencoder)),
        hook,
        outputHook,
        convention: card.convention ?? 'raw',
        normalization: card.normalization ?? { kind: 'none' },
        activationFunction,
      };
    });
  },
  load(folder, card, config) {
    return TensorFile.use(folder, weightsFile(folder, card), (file) => {
      leaveTopK(file, config);
      return readTensors(file, places(file, card, config.hook === config.outputHook), config);
    });
  },
};

/**
 * Of TopK, training scripts save k beside the weights, and a threshold that they keep for a batch: single
 * numbers, that the card has said or that TopK does not use.
 */
function leaveTopK(file: TensorFile, { activationFunction: fn }: DictionaryConfig): void {
  if (fn.kind !== 'topk') return;
  const isNumber = (name: string) => file.shape(name).every((length) => length === 1);
  file.leave((name) => /(^|\.)(k|threshold)$/.test(name) && isNumber(name));
}

function saysInputBias(file: TensorFile, { inputBias, tensors }: DictionaryCard): boolean {
  const separate = file.find('b_dec_out') !== undefined;
  return inputBias !== undefined || tensors?.b_in !== undefined || separate;
}

function places(file: TensorFile, card: DictionaryCard, autoencoder: boolean): TensorPlaces {
  const { tensors = {} } = card;
  const named = (name: string) => file.find(name) ?? name;
  const separateBiases = file.find('b_dec_out') !== undefined;
  const bOut = tensors.b_out ?? named(separateBiases ? 'b_dec_out' : 'b_dec');
  const onInput = card.inputBias ?? (autoencoder || separateBiases);
  return {
    W_enc: tensors.W_enc ?? named('W_enc'),
    b_enc: tensors.b_enc ?? named('b_enc'),
    W_dec: tensors.W_dec ?? named('W_dec'),
    b_out: bOut,
    b_in: tensors.b_in ?? (onInput ? (separateBiases ? named('b_dec') : bOut) : undefined),
    threshold: tensors.threshold ?? named('threshold'),
  };
}

/** Names under which training configurations have the hook that is read, and the one that is written. */
const HOOK_FIELDS = ['hook_name', 'hook_point', 'act_name'];
const OUTPUT_HOOK_FIELDS = ['hook_name_out', 'out_hook_point'];

function hooks(
  folder: DictionaryFolder,
  card: DictionaryCard,
  file: TensorFile,
): { hook: string; outputHook: string } {
  const config = card.hook ? undefined : trainingConfig(folder, card, file);
  const hook = card.hook ?? textField(config, HOOK_FIELDS);
  if (!hook) throw incomplete(folder, '"hook": "blocks.<layer>.hook_resid_pre"');
  return { hook, outputHook: card.outputHook ?? textField(config, OUTPUT_HOOK_FIELDS) ?? hook };
}

/** The configuration that was saved with the tensors, or lies beside them as JSON. */
function trainingConfig(folder: DictionaryFolder, card: DictionaryCard, file: TensorFile): unknown {
  const beside = card.config ?? folder.files.find((name) => name.endsWith('cfg.json'));
  return beside ? folder.readJson(beside) : field(file.data, 'cfg');
}

function textField(record: unknown, names: readonly string[]): string | undefined {
  const found = names.map((name) => field(record, name));
  return found.find((value): value is string => typeof value === 'string' && value !== '');
}

function field(record: unknown, name: string): unknown {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, name)) return;
  return (record as Record<string, unknown>)[name];
}

function incomplete(folder: DictionaryFolder, example: string): LoupeError {
  return new LoupeError(
    'LOUPE_BAD_FILE',
    `${folder.path} does not say all that is needed. Put a card beside it with ${example}.`,
  );
}
