import { expect, test } from 'vitest';
import { nameSets } from './name-sets.ts';

const at = (layer: number, place: string, hook = 'hook_resid_pre', output = hook) => ({
  layer,
  hook: `blocks.${layer}.${hook}`,
  outputHook: `blocks.${layer}.${output}`,
  place,
});

test.each<[string, ReturnType<typeof at>[], string[]]>([
  ['one', [at(5, '')], ['mine']],
  ['layers', [at(5, 'a'), at(6, 'b')], ['mine', 'mine']],
  ['layers of several hooks', [at(5, 'a'), at(6, 'b', 'hook_mlp_out')], ['mine', 'mine']],
  [
    'runs of one layer',
    [at(5, 'x7k2'), at(5, 'p0q3'), at(5, 'zz9')],
    ['mine-x7k2', 'mine-p0q3', 'mine-zz9'],
  ],
  [
    'widths of several layers',
    [
      at(5, 'blocks.5.hook_resid_pre/768'),
      at(5, 'blocks.5.hook_resid_pre/1536'),
      at(6, 'blocks.6.hook_resid_pre/768'),
      at(6, 'blocks.6.hook_resid_pre/1536'),
    ],
    ['mine-768', 'mine-1536', 'mine-768', 'mine-1536'],
  ],
  [
    'a layer that has one width alone',
    [at(5, 'l5/768'), at(5, 'l5/1536'), at(6, 'l6/1536')],
    ['mine-768', 'mine-1536', 'mine-1536'],
  ],
  [
    'widths in the names of folders',
    [at(8, 'blocks.8.hook_resid_pre_768'), at(8, 'blocks.8.hook_resid_pre_1536')],
    ['mine-768', 'mine-1536'],
  ],
  [
    'trainers below submodules',
    [at(1, 'resid_post_layer_1/trainer_0'), at(1, 'resid_post_layer_1/trainer_1')],
    ['mine-trainer_0', 'mine-trainer_1'],
  ],
  [
    'hooks of one layer',
    [
      at(1, 'h.1', 'hook_resid_post'),
      at(1, 'h.1.attn', 'hook_attn_out'),
      at(1, 'h.1.mlp', 'ln2.hook_normalized', 'hook_mlp_out'),
    ],
    ['mine-resid_post', 'mine-attn_out', 'mine-mlp_out-transcoder'],
  ],
  [
    'seeds of hooks',
    [
      at(1, 'h.1/seed0'),
      at(1, 'h.1/seed1'),
      at(1, 'h.1.mlp/seed0', 'hook_mlp_out'),
      at(1, 'h.1.mlp/seed1', 'hook_mlp_out'),
    ],
    ['mine-resid_pre-seed0', 'mine-resid_pre-seed1', 'mine-mlp_out-seed0', 'mine-mlp_out-seed1'],
  ],
  ['the best beside the last', [at(1, 'h.1'), at(1, 'best/h.1/h.1')], ['mine', 'mine-best']],
  ['what nothing distinguishes', [at(1, 'a b'), at(1, 'a-b')], ['mine', 'mine-2']],
])('%s', (_, dictionaries, names) => {
  expect(nameSets('mine', dictionaries)).toEqual(names);
});
