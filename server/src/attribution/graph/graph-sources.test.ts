import { explainingSets, explainingSources, type SourceInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { graphSources } from './graph-sources.ts';

function source(id: string, fields: Partial<SourceInfo> = {}): SourceInfo {
  const [layer = '0', set = ''] = id.split('-');
  const isAttention = set.startsWith('att');
  const hook = `blocks.${layer}.${isAttention ? 'attn.hook_z' : 'ln2.hook_normalized'}`;
  return {
    id,
    set,
    kind: isAttention ? 'attention' : 'mlp',
    layer: Number(layer),
    hook,
    outputHook: isAttention ? hook : `blocks.${layer}.hook_mlp_out`,
    width: 8,
    activationFunction: 'relu',
    normalization: 'none',
    convention: 'raw',
    ...fields,
  };
}

const RESIDUAL = source('0-res', {
  kind: 'residual',
  hook: 'blocks.0.hook_resid_pre',
  outputHook: 'blocks.0.hook_resid_pre',
});
const MLP_SAE = source('0-mlpout', {
  hook: 'blocks.0.hook_mlp_out',
  outputHook: 'blocks.0.hook_mlp_out',
});

const ids = (layers: ReturnType<typeof graphSources>) =>
  layers.map(({ attention, mlp }) => [attention?.id, mlp?.id]);

test('one attention and one MLP source a layer, of the set that covers most', () => {
  const installed = ['0-attb', '0-atta', '1-atta', '0-mlpa', '1-mlpb', '0-mlpb', '2-mlpb'];
  const all = [...installed.map((id) => source(id)), RESIDUAL, MLP_SAE];
  expect(ids(graphSources(all, false, 3, 'features'))).toEqual([
    ['0-atta', '0-mlpb'],
    ['1-atta', '1-mlpb'],
    [undefined, '2-mlpb'],
  ]);
});

test('a set that is preferred has its part to itself, and the other parts stay', () => {
  const installed = ['0-atta', '0-mlpa', '1-mlpa', '0-mlpb'];
  const all = [...installed.map((id) => source(id)), RESIDUAL, MLP_SAE];
  const found = (mlp: string) => explainingSources(all, { mlp }).map(({ id }) => id);
  expect(found('mlpb')).toEqual(['0-atta', '0-mlpb']);
  expect(found('mlpa')).toEqual(['0-atta', '0-mlpa', '1-mlpa']);
  expect(found('gone')).toEqual(['0-atta', '0-mlpa', '1-mlpa']);
  expect(explainingSets(all, 'mlp')).toEqual([
    { set: 'mlpa', part: 'mlp', layers: [0, 1] },
    { set: 'mlpb', part: 'mlp', layers: [0] },
  ]);
});

test('a source explains the layer of its hooks, whatever its own number is', () => {
  const hook = 'blocks.1.attn.hook_z';
  const shifted = source('2-att', { hook, outputHook: hook });
  expect(ids(graphSources([shifted], false, 2, 'features'))).toEqual([
    [undefined, undefined],
    ['2-att', undefined],
  ]);
});

test('attention that is passed through needs no source', () => {
  const all = [source('0-atta'), source('0-mlpa')];
  expect(ids(graphSources(all, true, 1, 'frozen'))).toEqual([[undefined, '0-mlpa']]);
});

test.each([
  [RESIDUAL, 'residual stream'],
  [MLP_SAE, 'a transcoder'],
  [source('0-mlpx', { outputHook: 'blocks.1.hook_mlp_out' }), 'writes blocks.1.hook_mlp_out'],
])('a source that cannot be explained is refused by name', (unfit, reason) => {
  expect(() => graphSources([unfit], true, 2, 'features')).toThrow(
    expect.objectContaining({
      code: 'LOUPE_UNSUPPORTED_DICTIONARY',
      message: expect.stringContaining(reason),
    }),
  );
});

test('two sources of one part of a layer are refused when they are named', () => {
  const both = [source('0-mlpa'), source('0-mlpb')];
  expect(() => graphSources(both, true, 1, 'features')).toThrow(
    expect.objectContaining({ code: 'LOUPE_BAD_REQUEST' }),
  );
  expect(ids(graphSources(both, false, 1, 'features'))).toEqual([[undefined, '0-mlpa']]);
});
