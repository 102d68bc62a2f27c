import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ModelStore } from './store.ts';

const data = fileURLToPath(new URL('../../../data', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'loupe-store-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder of models with one in it whose manifest is as given. */
function root(name: string, manifest: unknown): string {
  const model = join(scratch, name, 'model');
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, 'manifest.json'), JSON.stringify(manifest));
  return join(scratch, name);
}

const minimal = { id: 'x', name: '', description: '', model: 'm', sets: [], examples: [] };

test('the demo is listed with its architecture and its sources in the order of the forward pass', () => {
  const { architecture, sources, examples } = new ModelStore([data]).model('demo');
  expect(architecture).toMatchObject({ layers: 4, heads: 8, dModel: 192, context: 256 });
  // The figure of data/demo/model/README.md.
  expect(architecture.parameters / 1e6).toBeCloseTo(2.62, 2);
  expect(sources.map(({ id }) => id).slice(0, 3)).toEqual([
    '0-att-demo',
    '0-mlp-demo',
    '1-att-demo',
  ]);
  expect(sources[1]).toMatchObject({
    kind: 'mlp',
    hook: 'blocks.0.ln2.hook_normalized',
    outputHook: 'blocks.0.hook_mlp_out',
    width: 1536,
    activationFunction: 'relu',
  });
  expect(examples.length).toBeGreaterThan(2);
});

test('a model that is not there is refused, naming those that are', () => {
  expect(() => new ModelStore([data]).model('gpt5')).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_MODEL_NOT_FOUND',
      message: expect.stringContaining('demo'),
    }),
  );
});

test.each([
  ['no-object', 'a string'],
  ['no-id', { ...minimal, id: undefined }],
  ['escape', { ...minimal, model: '../../etc' }],
  ['absolute', { ...minimal, model: '/etc' }],
  ['no-checkpoint', minimal],
])('%s: a bad manifest is a problem that is told, and the other models stay', (name, manifest) => {
  const store = new ModelStore([root(name, manifest), data]);
  expect(store.models().map(({ id }) => id)).toEqual(['demo']);
  expect(store.problems).toHaveLength(1);
  expect(store.problems[0]?.message).toMatch(/manifest|config\.json/);
});

test('of two models with one id the first counts', () => {
  const copy = join(scratch, 'copies');
  cpSync(join(data, 'demo'), join(copy, 'again'), { recursive: true });
  expect(new ModelStore([data, copy]).models()).toHaveLength(1);
});
