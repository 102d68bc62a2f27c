import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DictionaryCard } from '../../server/src/dictionaries/card.ts';
import { readCatalogue } from '../../server/src/hub/catalogue.ts';
import { writeSafetensors } from '../../server/src/weights/write-safetensors.ts';
import { golden } from './model.ts';

/** Dictionaries in conventions/, in the form in which each is published, for the model beside them. */
export const CONVENTION_SETS = [
  'att-kk',
  'att_32k-oai',
  'mlp-tm',
  'openai-original',
  'res-jb',
  'res_mid_32k-oai',
  'res_sce-ajt',
  'tres-dc',
  'tres-dc-safetensors',
  'tres-dc-unfolded',
];
/** The layer that they are of, and the tokens on which their values are given. */
export const CONVENTION_LAYER = 2;
export const CONVENTION_TOKENS = [256, 84, 104, 101, 32, 119, 97, 114, 32, 108];
/** The same tokens as a prompt after BOS. */
export const CONVENTION_PROMPT = 'The war l';

/** Sets of three layers in transcoders/, each with the card that it needs. */
export const TRANSCODER_SETS: [name: string, card: DictionaryCard][] = [
  ['circuit-tracer', {}],
  ['sweep-per-layer', {}],
  ['circuit-tracer-clt', {}],
  ['sweep-clt', {}],
  ['sparsify', { hook: 'blocks.{layer}.hook_resid_mid' }],
  ['sparsify-clt', { hook: 'blocks.{layer}.hook_resid_mid' }],
  ['crosslayer-coding-untied', {}],
  ['crosslayer-coding-tied-by-target', {}],
  ['crosslayer-coding-tied-by-source', {}],
];

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** The card of a dictionary of conventions/: the catalogue's, where it lists the set. */
export function cardOf(name: string): DictionaryCard {
  const others: Record<string, DictionaryCard> = {
    'tres-dc-unfolded': {
      hook: 'blocks.{layer}.ln2.hook_normalized',
      outputHook: 'blocks.{layer}.hook_mlp_out',
      convention: 'centred',
    },
    'openai-original': { format: 'openai', hook: 'blocks.{layer}.hook_resid_post' },
  };
  const set = readCatalogue().sets.find(({ id }) => id === name);
  const own = set?.layers.find(({ layer }) => layer === CONVENTION_LAYER)?.card;
  return own ?? (others[name] as DictionaryCard);
}

/** The smallest GPT-2 that the goldens in transcoders/ fit: of three layers of width 6. */
export function writeNarrowModel(folder: string): string {
  cpSync(here('conventions/model'), folder, { recursive: true });
  const shapes: [string, number[]][] = [
    ['wte.weight', [257, 6]],
    ['wpe.weight', [16, 6]],
    ['ln_f.weight', [6]],
    ['ln_f.bias', [6]],
  ];
  for (let layer = 0; layer < 3; layer++) {
    for (const [part, inputs, outputs] of [
      ['attn.c_attn', 6, 18],
      ['attn.c_proj', 6, 6],
      ['mlp.c_fc', 6, 24],
      ['mlp.c_proj', 24, 6],
    ] as const) {
      shapes.push([`h.${layer}.${part}.weight`, [inputs, outputs]]);
      shapes.push([`h.${layer}.${part}.bias`, [outputs]]);
    }
    for (const norm of ['ln_1', 'ln_2']) {
      shapes.push([`h.${layer}.${norm}.weight`, [6]], [`h.${layer}.${norm}.bias`, [6]]);
    }
  }
  const tensors = shapes.map(([name, shape]) => {
    const length = shape.reduce((product, each) => product * each, 1);
    const data = Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) / 2);
    return [name, { dtype: 'F32', shape, data }] as const;
  });
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(Object.fromEntries(tensors)));
  const config = { ...golden<object>('conventions/model/config.json'), n_embd: 6 };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}
