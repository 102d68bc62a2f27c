import { expect, test } from 'vitest';
import { smallRun } from '../../stores/prompt/run.fixture.ts';
import {
  lensCsv,
  mapCsv,
  mapJson,
  pinnedCsv,
  pinnedJson,
  tokensCsv,
  tokensJson,
} from './tracks-data.ts';

const lens = {
  model: 'demo',
  tokens: [],
  layers: [{ layer: 0, ids: [[5]], logits: [[3]], probabilities: [[0.8]] }],
  texts: { 5: '"hi"' },
};

test('tokens come with their surprisal', () => {
  expect(tokensCsv(smallRun())).toBe(
    'position,id,token,surprisal_nats\r\n0,10,<|endoftext|>,\r\n1,11,A,2\r\n2,12," cat",4\r\n3,13," sat",0.5\r\n',
  );
  expect(tokensJson(smallRun({ outcome: undefined })).tokens[1]).toEqual({
    position: 1,
    id: 11,
    text: 'A',
    surprisal: null,
  });
});

test('the map has a row for each source and token that has arrived', () => {
  const run = smallRun();
  const { cells } = mapJson({ ...run, activations: [run.activations[0], undefined] });
  expect(cells).toHaveLength(4);
  expect(cells[1]).toEqual({
    source: '0-att-demo',
    position: 1,
    token: 'A',
    active: 2,
    strongest: '0-att-demo/2',
    activation: 4,
    error: 0.25,
    explainedVariance: 0.9,
  });
  expect(cells[3]?.strongest).toBeNull();
  expect(mapCsv(run).split('\r\n')[4]).toBe('0-att-demo,3," sat",0,,0,0.25,0.9');
});

test('pinned features are columns, those of other models left out', () => {
  const pinned = ['0-att-demo/2', '9-att-kk/1', '0-mlp-demo/3'];
  expect(pinnedJson(smallRun(), pinned).features).toEqual([
    { id: '0-att-demo/2', activations: [0, 4, 2, 0] },
    { id: '0-mlp-demo/3', activations: [0, 0, 1, 1.5] },
  ]);
  expect(pinnedCsv(smallRun(), pinned).split('\r\n')[2]).toBe('1,A,4,0');
});

test('the lens is written candidate by candidate, with quotes kept', () => {
  const lines = lensCsv(smallRun({ lens })).split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toBe('0,0,<|endoftext|>,0,5,"""hi""",3,0.8');
  expect(lensCsv(smallRun()).split('\r\n')).toHaveLength(2);
});
