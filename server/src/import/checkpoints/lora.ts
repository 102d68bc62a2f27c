import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { showValue } from '../../model/show-value.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { readModelFolder } from '../../weights/model-folder.ts';
import type { TorchFile } from '../../weights/pytorch/torch-file.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { readJsonFile } from '../../weights/text-file.ts';
import { hasTokenizer, TOKENIZER_FILES } from '../../weights/tokenizer-folder.ts';
import { refused } from '../find-dictionaries.ts';
import { AdapterModules } from './adapter-modules.ts';
import type { CheckpointForm } from './form.ts';
import { copyInto } from './hugging-face.ts';
import { findModelFolder } from './stage-tokenizer.ts';
import { withWeights } from './weights-place.ts';
import { type CheckpointTensor, writeCheckpoint } from './write-checkpoint.ts';

const CONFIG = 'adapter_config.json';
const WEIGHTS = ['adapter_model.safetensors', 'adapter_model.bin'];

/** What changes the arithmetic, or the base, in ways that are not read here. */
const OTHERS = [
  'layer_replication',
  'megatron_config',
  'trainable_token_indices',
  'alora_invocation_tokens',
  'use_qalora',
  'use_bdlora',
  'arrow_config',
  'ensure_weight_tying',
  'target_parameters',
];
/** Ways of beginning that take what the adapter begins with off the base. */
const SHIFTS_BASE = /^(pissa|olora|loftq|corda|lora_ga)/i;

/**
 * A LoRA adapter of peft (Hu et al., 2021): `adapter_config.json` and its weights. It is merged into its
 * base, `W + (alpha/r) B A`, with what it has trained of biases and whole modules.
 */
export const loraAdapter: CheckpointForm = {
  name: 'the LoRA adapter and its base',

  recognizes(path) {
    return existsSync(join(path, CONFIG)) && weightsOf(path) !== undefined;
  },

  async stage(path, folder, lookup) {
    const settings = readSettings(join(path, CONFIG));
    const name = settings.base_model_name_or_path;
    const wanted = lookup.base ?? (typeof name === 'string' ? name : '');
    const base = wanted === '' ? undefined : await findModelFolder(wanted, lookup);
    if (base === undefined) throw noBase(path, wanted, lookup.base !== undefined);
    const { config, weights, close } = readModelFolder(base);
    try {
      withWeights(join(path, weightsOf(path) as string), (file) => {
        const json = readJsonFile(join(base, 'config.json')) as JsonObject;
        merge(file, settings, weights, json, config.tiedHead, folder);
      });
    } finally {
      close();
    }
    for (const from of hasTokenizer(path) ? [path] : [base]) {
      for (const each of readdirSync(from)) {
        const isPart = TOKENIZER_FILES.some((one) => one === each);
        if (isPart) await copyInto(folder, each, join(from, each));
      }
    }
    return { warnings: [`Merged into ${wanted}.`], tokenizers: [] };
  },
};

function weightsOf(path: string): string | undefined {
  return WEIGHTS.find((name) => existsSync(join(path, name)));
}

function readSettings(path: string): JsonObject {
  const settings = readJsonFile(path);
  if (!isObject(settings)) throw new LoupeError('LOUPE_BAD_FILE', `${path} is not a JSON object.`);
  const refuse = (what: string): never => {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${path} ${what}, which is not merged here. In Python: PeftModel.from_pretrained(base, folder)` +
        '.merge_and_unload().save_pretrained(merged), then import that folder.',
    );
  };
  if (settings.peft_type !== 'LORA') refuse(`has peft_type ${showValue(settings.peft_type)}`);
  const other = OTHERS.find((name) => isUsed(settings[name]));
  if (other) refuse(`uses ${other}`);
  const init = settings.init_lora_weights;
  if (typeof init === 'string' && SHIFTS_BASE.test(init)) {
    refuse(`begins with ${showValue(init)}, which changes the base`);
  }
  return settings;
}

function isUsed(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function noBase(path: string, wanted: string, asked: boolean): LoupeError {
  const what =
    wanted === '' ? 'it does not say for which model' : `its base ${showValue(wanted)} is not here`;
  return refused(
    `${path} is a LoRA adapter, and ${asked ? `--base ${wanted} is neither a folder nor an installed model` : what}. ` +
      'Say where the base is: --base <folder or installed model>. GPT-2 small is installed by ' +
      'npm run loupe -- pull gpt2-small.',
  );
}

/** Writes the base with the adapter's changes. */
function merge(
  file: TensorFile | TorchFile,
  settings: JsonObject,
  base: Checkpoint,
  json: JsonObject,
  tied: boolean,
  folder: string,
): void {
  const adapter = new AdapterModules(file, settings);
  const names = base.tensors.map(({ name }) => name);
  const hasHead = names.includes('lm_head.weight') || adapter.changes('lm_head');
  // What is trained of a tied head or embedding alone is no longer tied.
  const untied = hasHead || (tied && adapter.changes('wte') && !adapter.replaces('wte'));
  const bases = new Map(base.tensors.map(({ name, shape }) => [name, { shape, from: name }]));
  const embedding = bases.get('wte.weight');
  if (untied && embedding && !bases.has('lm_head.weight')) bases.set('lm_head.weight', embedding);
  const tensors = Array.from(bases, ([name, { shape, from }]): CheckpointTensor => {
    const changed = adapter.shapeOf(name) ?? shape;
    return {
      name,
      shape: changed,
      read: () => adapter.apply(name, shape, () => base.read(from)),
    };
  });
  const left = adapter.unplaced(new Set(bases.keys()));
  if (left.length > 0) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${file.path} changes ${showValue(left[0])}, for which a GPT-2 has no place.`,
    );
  }
  const vocabulary = tensors.find(({ name }) => name === 'wte.weight')?.shape[0];
  writeCheckpoint(
    folder,
    {
      ...json,
      vocab_size: vocabulary,
      tie_word_embeddings: !untied,
      pruned_heads: json.pruned_heads,
    },
    tensors,
  );
}
