import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { refused } from '../find-dictionaries.ts';

/** Files that hold a GPT-2 in a form that is not read, and how to come by one that is. */
const OTHERS: readonly [pattern: RegExp, what: string, how: string][] = [
  [
    /^tf_model(-\d+-of-\d+)?\.h5$/,
    "TensorFlow's weights",
    'In Python, with transformers 4: GPT2LMHeadModel.from_pretrained(folder, from_tf=True).save_pretrained(new)',
  ],
  [
    /\.msgpack$/,
    "Flax's weights",
    'In Python, with transformers 4: GPT2LMHeadModel.from_pretrained(folder, from_flax=True).save_pretrained(new)',
  ],
  [
    /\.ckpt\.(index|meta|data-\d+-of-\d+)$/,
    "a TensorFlow checkpoint, as OpenAI's first release",
    'Convert it with transformers 4: transformers convert --model_type gpt2 --tf_checkpoint … ',
  ],
  [/\.gguf$/, 'weights of llama.cpp (GGUF)', 'Import the checkpoint that they were made of'],
  [/\.onnx$/, 'weights of ONNX', 'Import the checkpoint that they were made of'],
  [/\.ot$/, 'weights of rust-bert', 'Import the checkpoint that they were made of'],
  [
    /^(pytorch_model_fsdp\.bin|__\d+_\d+\.distcp|zero_pp_rank_.*)$/,
    'weights as distributed training leaves them',
    "Gather them first: with DeepSpeed's zero_to_fp32.py, or accelerate merge-weights",
  ],
];

/**
 * Refuses what is meant as a GPT-2 and can be none, saying why and what to do; passes whatever may be a
 * dictionary.
 *
 * @param asModel true if the user says that it is a model (`--as`)
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`
 */
export function refuseUnreadable(path: string, asModel: boolean): void {
  if (!existsSync(path)) throw refused(`${path} is not there.${nearby(path)}`);
  const isFolder = statSync(path).isDirectory();
  const names = isFolder ? readdirSync(path) : [basename(path)];
  for (const [pattern, what, how] of OTHERS) {
    const found = names.find((name) => pattern.test(name));
    if (found === undefined) continue;
    throw refused(
      `${join(isFolder ? path : dirname(path), found)} holds ${what}, which Loupe does not read. ${how}, and import that.`,
    );
  }
  if (isFolder && names.includes('snapshots') && /^models--/.test(basename(path))) {
    const snapshots = readdirSync(join(path, 'snapshots'));
    throw refused(
      `${path} is a repository in Hugging Face's cache. Import one of its snapshots: ${snapshots.map((each) => join(path, 'snapshots', each)).join(', ')}.`,
    );
  }
  if (names.includes('adapter_config.json')) {
    throw refused(
      `${path} has an adapter_config.json, and no adapter_model.safetensors beside it: it is an adapter without its weights.`,
    );
  }
  if (!asModel) return;
  const has = names.length > 8 ? `${names.slice(0, 8).join(', ')} …` : names.join(', ');
  const lacks = names.includes('config.json')
    ? 'a config.json, but no model.safetensors or pytorch_model.bin'
    : 'no config.json with model.safetensors or pytorch_model.bin';
  throw refused(
    `${path} holds no GPT-2: there is ${isFolder ? lacks : 'one file'} (${has}). A GPT-2 is a folder of ` +
      "save_pretrained, a LoRA adapter, nanoGPT's ckpt.pt, or a state dict of TransformerLens. For " +
      'dictionaries leave --as out.',
  );
}

/** The entry of the folder that a mistyped name may mean. */
function nearby(path: string): string {
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return ` Nor is the folder ${folder}.`;
  }
  const wanted = basename(path).toLowerCase();
  const [best] = readdirSync(folder)
    .map((name) => ({ name, far: distance(name.toLowerCase(), wanted) }))
    .filter(({ far }) => far <= Math.max(2, wanted.length / 4))
    .sort((a, b) => a.far - b.far);
  return best ? ` Is ${join(folder, best.name)} meant?` : ` ${folder} has no such entry.`;
}

/** Levenshtein's distance: letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
