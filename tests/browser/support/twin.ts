import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Server, startServer } from './server.ts';
import { type StubHub, startStubHub } from './stub-hub.ts';

const DEMO = fileURLToPath(new URL('../../../data/demo', import.meta.url));
const PUBLISHED = { revision: 'main', licence: 'MIT' };

const MODEL = {
  id: 'twin',
  name: 'Twin',
  description: 'The demo, as a hub would have it.',
  repository: 'test/twin',
  ...PUBLISHED,
  parameters: 2_623_680,
  dModel: 192,
  files: ['config.json', 'vocab.json', 'merges.txt', 'model.safetensors'].map((path) => ({ path })),
  examples: [],
};

function set(id: string, name: string, folder: string, hook: string) {
  return {
    id,
    name,
    description: `${name} of the demo.`,
    model: 'twin',
    repository: 'test/dictionaries',
    ...PUBLISHED,
    default: true,
    width: 1536,
    card: { format: 'saelens', hook },
    files: ['cfg.json', 'sae_weights.safetensors'].map((file) => ({
      path: `${folder}/blocks.{layer}/${file}`,
    })),
    layers: [0, 1, 2, 3],
  };
}

const SETS = [
  set('att-twin', 'Attention SAEs', 'attn-z', 'blocks.{layer}.attn.hook_z'),
  set('mlp-twin', 'Transcoders', 'mlp-transcoder', 'blocks.{layer}.ln2.hook_normalized'),
];

/**
 * A server with an empty store, and a hub from which it can install the demo a second time, as `twin`
 * without examples: what it computes then is known from the golden files. Both end with the test.
 */
export async function startWithTwin(): Promise<{ server: Server; hub: StubHub }> {
  const scratch = mkdtempSync(join(tmpdir(), 'loupe-twin-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const catalogue = join(scratch, 'catalogue');
  for (const folder of ['models', 'sets']) mkdirSync(join(catalogue, folder), { recursive: true });
  writeFileSync(join(catalogue, 'models/twin.json'), JSON.stringify(MODEL));
  for (const entry of SETS) {
    writeFileSync(join(catalogue, `sets/${entry.id}.json`), JSON.stringify(entry));
  }
  const hub = await startStubHub({
    'test/twin': join(DEMO, 'model'),
    'test/dictionaries': join(DEMO, 'dictionaries'),
  });
  onTestFinished(() => hub.close());
  const server = await startServer({
    environment: {
      LOUPE_HOME: join(scratch, 'home'),
      LOUPE_CATALOGUE: catalogue,
      HF_ENDPOINT: hub.endpoint,
      HF_HOME: join(scratch, 'hugging-face'),
    },
  });
  onTestFinished(() => server.stop());
  await server.ready();
  return { server, hub };
}
