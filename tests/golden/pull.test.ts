import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ActivationsResponse, ModelList } from '@loupe/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardOfLayer, type DictionaryCard } from '../../server/src/dictionaries/card.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import { readSourceWeights } from '../../server/src/hub/source-file.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import { runLoupe } from '../api/support/run-loupe.ts';
import { type StubHub, startStubHub } from '../browser/support/stub-hub.ts';
import { golden } from './model.ts';
import {
  CONVENTION_LAYER,
  CONVENTION_PROMPT,
  CONVENTION_SETS,
  CONVENTION_TOKENS,
  cardOf,
  TRANSCODER_SETS,
  writeNarrowModel,
} from './published-forms.ts';

const TOLERANCE = 1e-4;
const scratch = mkdtempSync(join(tmpdir(), 'loupe-pull-'));
const layout = new StoreLayout(join(scratch, 'home'));
const catalogue = join(scratch, 'catalogue');
let hub: StubHub;

const PUBLISHED = { revision: 'main', licence: 'MIT' };
const CHECKPOINT = ['config.json', 'vocab.json', 'merges.txt', 'model.safetensors'];

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Files of a golden, as paths in its repository. */
function filesOf(folder: string): { path: string }[] {
  return dictionaryFolder(here(folder))
    .files.filter((path) => path !== 'expected.json')
    .map((path) => ({ path }));
}

function write(kind: 'models' | 'sets', entry: Record<string, unknown>): void {
  mkdirSync(join(catalogue, kind), { recursive: true });
  writeFileSync(join(catalogue, kind, `${entry.id}.json`), JSON.stringify(entry));
}

function writeModel(id: string, dModel: number): void {
  const [name, description, repository] = [id, 'Of a test', `test/${id}`];
  const files = CHECKPOINT.map((path) => ({ path }));
  const parts = { parameters: 1000, dModel, files, examples: [] };
  write('models', { id, name, description, repository, ...PUBLISHED, ...parts });
}

function writeSet(
  id: string,
  model: string,
  card: DictionaryCard,
  folder: string,
  layers: number[],
) {
  const [name, description, repository] = [id, 'Of a test', `test/${id}`];
  const parts = { model, default: true, card, files: filesOf(folder), layers };
  write('sets', { id, name, description, repository, ...PUBLISHED, ...parts });
}

beforeAll(async () => {
  const narrow = writeNarrowModel(join(scratch, 'narrow-gpt2'));
  const repositories: Record<string, string> = {
    'test/random': here('conventions/model'),
    'test/narrow': narrow,
  };
  writeModel('random', 16);
  writeModel('narrow', 6);
  for (const id of CONVENTION_SETS) {
    repositories[`test/${id}`] = here(`conventions/${id}`);
    writeSet(id, 'random', cardOf(id), `conventions/${id}`, [CONVENTION_LAYER]);
  }
  for (const [id, card] of TRANSCODER_SETS) {
    repositories[`test/${id}`] = here(`transcoders/${id}`);
    const hook = card.hook ?? 'blocks.{layer}.hook_resid_mid';
    writeSet(id, 'narrow', { hook, ...card }, `transcoders/${id}`, [0, 1, 2]);
  }
  hub = await startStubHub(repositories);
});
afterAll(async () => {
  await hub.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs the command on the hub of this test; gives what it prints. */
async function loupe(...args: string[]): Promise<string> {
  const { stdout, stderr, status } = await runLoupe(args, {
    LOUPE_HOME: layout.home,
    LOUPE_CATALOGUE: catalogue,
    LOUPE_BACKEND: process.env.LOUPE_BACKEND,
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: join(scratch, 'hugging-face'),
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

async function listed(model: string): Promise<string[]> {
  const { models, problems }: ModelList = JSON.parse(await loupe('models', '--json'));
  expect(problems).toEqual([]);
  return (
    models
      .find(({ id }) => id === model)
      ?.sources.map(({ id }) => id)
      .sort() ?? []
  );
}

test('what is pulled on the command line, in every published form, gives what PyTorch gives', async () => {
  await loupe('pull', 'random', '--yes');
  expect(await listed('random')).toEqual(
    CONVENTION_SETS.map((set) => `${CONVENTION_LAYER}-${set}`).sort(),
  );
  const args = ['--model', 'random', '--top-k', '0', '--json'];
  const answer: ActivationsResponse = JSON.parse(
    await loupe('features', CONVENTION_PROMPT, ...args),
  );
  expect(answer.tokens.map(({ id }) => id)).toEqual(CONVENTION_TOKENS);
  const { source, position, feature, activation } = answer.activations;
  for (const [index, { id }] of answer.sources.entries()) {
    const set = id.slice(`${CONVENTION_LAYER}-`.length);
    const { activations } = golden<{ activations: number[][] }>(`conventions/${set}/expected.json`);
    const ours = activations.map((row) => row.map(() => 0));
    source.forEach((of, i) => {
      const row = ours[position[i] as number];
      if (of === index && row) row[feature[i] as number] = activation[i] as number;
    });
    const differences = activations.flatMap((row, r) =>
      row.map((value, f) => Math.abs(value - (ours[r]?.[f] as number))),
    );
    expect(Math.max(...differences), id).toBeLessThan(TOLERANCE);
  }
});

test('sets of transcoders are pulled with the very weights of their files, and run', async () => {
  await loupe('pull', 'narrow', '--yes');
  expect(await listed('narrow')).toEqual(
    TRANSCODER_SETS.flatMap(([set]) => [0, 1, 2].map((layer) => `${layer}-${set}`)).sort(),
  );
  for (const [set, card] of TRANSCODER_SETS) {
    const folder = dictionaryFolder(here(`transcoders/${set}`));
    for (const layer of [0, 1, 2]) {
      const own = cardOfLayer({ hook: 'blocks.{layer}.hook_resid_mid', ...card }, layer);
      const format = findFormat(folder, own);
      const weights = format.load(folder, own, format.describe(folder, own));
      expect(readSourceWeights(layout.sourceFile('narrow', set, layer))).toEqual(weights);
    }
  }
  const answer: ActivationsResponse = JSON.parse(
    await loupe('features', CONVENTION_PROMPT, '--model', 'narrow', '--json'),
  );
  expect(answer.complete).toBe(true);
  expect(answer.sources).toHaveLength(3 * TRANSCODER_SETS.length);
});

test('nothing is left of what was fetched', () => {
  const left = readdirSync(layout.downloads, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
});
