import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Asked, StubHub } from './stub-hub.ts';

const CHECKPOINT = fileURLToPath(
  new URL('../../golden/checkpoints/f32-prefixed/', import.meta.url),
);

/** A hub with a GPT-2 of two layers, `small`, a catalogue that lists it, and an empty home for it. */
export class SmallHub {
  readonly files = ['config.json', 'model.safetensors', 'vocab.json', 'merges.txt'];
  readonly weights = this.content('model.safetensors');
  readonly home = mkdtempSync(join(tmpdir(), 'loupe-pull-'));
  readonly stub: StubHub;

  private constructor(stub: StubHub) {
    this.stub = stub;
    for (const name of this.files) stub.add('lab/small', name, this.content(name));
    mkdirSync(join(this.home, 'catalogue/models'), { recursive: true });
    mkdirSync(join(this.home, 'catalogue/sets'));
    const entry = {
      id: 'small',
      name: 'Small',
      description: 'A model of a test',
      repository: 'lab/small',
      revision: 'main',
      licence: 'MIT',
      parameters: 30_000,
      dModel: 32,
      files: this.files.map((path) => ({ path })),
      examples: [],
    };
    writeFileSync(join(this.home, 'catalogue/models/small.json'), JSON.stringify(entry));
  }

  static async start(): Promise<SmallHub> {
    return new SmallHub(await StubHub.start());
  }

  /** Settings of a Loupe that uses this hub. */
  get environment(): NodeJS.ProcessEnv {
    return {
      LOUPE_HOME: this.home,
      LOUPE_CATALOGUE: join(this.home, 'catalogue'),
      HF_ENDPOINT: this.stub.endpoint,
      HF_HOME: join(this.home, 'hf'),
    };
  }

  /** What a file of the model holds. */
  content(name: string): Buffer {
    return readFileSync(join(CHECKPOINT, name));
  }

  /** Requests for the content of the weights. */
  weightRequests(): Asked[] {
    return this.stub.requests('GET').filter(({ path }) => path === 'model.safetensors');
  }

  async close(): Promise<void> {
    await this.stub.close();
    rmSync(this.home, { recursive: true });
  }
}
