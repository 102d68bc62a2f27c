import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../hub/installed-model.ts';
import { SET_FILE } from '../hub/set-file.ts';
import { StoreLayout } from '../hub/store-layout.ts';
import { writeSource } from '../hub/write-source.ts';
import { parseModelConfig } from '../model/config.ts';
import { Gpt2 } from '../model/gpt2.ts';
import { BYTE_SYMBOLS } from '../model/tokenizer-bytes.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { writeFileAtomically } from '../weights/atomic-file.ts';
import { storedBytes } from '../weights/stored-bytes.ts';
import { type StreamedTensor, streamSafetensors } from '../weights/stream-safetensors.ts';
import {
  type RandomModelSize,
  randomConfig,
  randomDictionary,
  randomSources,
  randomWeights,
  runSample,
} from './random-model.ts';

/**
 * Writes the bench's random model and its dictionaries into a folder as `LOUPE_HOME` has them, so that
 * loading them can be measured: for GPT-2 small's size 2.5 GB. Calls `onSource` after each dictionary.
 *
 * @throws LoupeError `LOUPE_DISK_FULL`
 */
export function writeRandomStore(
  home: string,
  id: string,
  size: RandomModelSize,
  kernels: Kernels,
  onSource: (done: number, all: number) => void = () => {},
): void {
  const layout = new StoreLayout(home);
  const weights = randomWeights(size);
  const gpt2 = Gpt2.load(parseModelConfig(randomConfig(size)), weights, kernels);
  const sources = randomSources(size);
  const sample = runSample(gpt2, sources);
  for (const [index, source] of sources.entries()) {
    const folder = layout.setFolder(id, source.set);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, SET_FILE), JSON.stringify({ name: `random, ${source.kind}` }));
    writeSource(layout.sourceFile(id, source.set, source.layer), {
      ...randomDictionary(source, size, sample.hook(source.hook)),
      provenance: { format: 'random values', originals: [] },
      precision: 'half',
    });
    onSource(index + 1, sources.length);
  }
  sample.release();
  gpt2.dispose();
  writeCheckpoint(join(layout.modelFolder(id), 'model'), size);
  // Last, because a folder without a manifest is no model.
  const manifest = {
    id,
    name: id,
    description: 'random weights',
    model: 'model',
    sets: [],
    examples: [],
  };
  writeFileSync(join(layout.modelFolder(id), MANIFEST_FILE), JSON.stringify(manifest));
}

function writeCheckpoint(folder: string, size: RandomModelSize): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('config.json', JSON.stringify(randomConfig(size)));
  write('merges.txt', '#version: 0.2\n');
  const symbols = [...BYTE_SYMBOLS.slice(0, size.vocabulary - 1), '<|endoftext|>'];
  const id = (place: number) => (place === symbols.length - 1 ? size.vocabulary - 1 : place);
  write('vocab.json', JSON.stringify(Object.fromEntries(symbols.map((s, i) => [s, id(i)]))));
  writeFileAtomically(join(folder, 'model.safetensors'), (descriptor) =>
    streamSafetensors(descriptor, checkpointTensors(size), () => ({})),
  );
}

function checkpointTensors(size: RandomModelSize): StreamedTensor[] {
  const { layers, dModel, vocabulary, context } = size;
  const weights = randomWeights(size);
  const tensor = (name: string, ...shape: number[]): StreamedTensor => ({
    name,
    dtype: 'F32',
    shape,
    bytes: () => storedBytes(weights.read(name), 'F32'),
  });
  const norm = (name: string) => [tensor(`${name}.weight`, dModel), tensor(`${name}.bias`, dModel)];
  const linear = (name: string, inputs: number, outputs: number) => [
    tensor(`${name}.weight`, inputs, outputs),
    tensor(`${name}.bias`, outputs),
  ];
  const block = (l: number) => [
    ...norm(`h.${l}.ln_1`),
    ...linear(`h.${l}.attn.c_attn`, dModel, 3 * dModel),
    ...linear(`h.${l}.attn.c_proj`, dModel, dModel),
    ...norm(`h.${l}.ln_2`),
    ...linear(`h.${l}.mlp.c_fc`, dModel, 4 * dModel),
    ...linear(`h.${l}.mlp.c_proj`, 4 * dModel, dModel),
  ];
  return [
    tensor('wte.weight', vocabulary, dModel),
    tensor('wpe.weight', context, dModel),
    ...Array.from({ length: layers }, (_, l) => block(l)).flat(),
    ...norm('ln_f'),
  ];
}
