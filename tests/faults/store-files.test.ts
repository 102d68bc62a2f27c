import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { DictionaryConfig } from '../../server/src/dictionaries/config.ts';
import { readSourceHeader, readSourceWeights } from '../../server/src/hub/source-file.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import { writeSource } from '../../server/src/hub/write-source.ts';
import { writeSafetensors } from '../../server/src/weights/write-safetensors.ts';
import { startLoupe } from '../api/support/run-loupe.ts';
import { mutated, mutatedJson, outcome } from './files-mutations.ts';

fc.configureGlobal({ seed: 20 });

const data = fileURLToPath(new URL('../../data', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'loupe-store-files-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const CONFIG: DictionaryConfig = {
  dIn: 192,
  dOut: 192,
  width: 3,
  hook: 'blocks.1.attn.hook_z',
  outputHook: 'blocks.1.attn.hook_z',
  convention: 'raw',
  normalization: { kind: 'none' },
  activationFunction: { kind: 'relu' },
};

const layout = new StoreLayout(join(scratch, 'home'));
const store = new ModelStore([data], layout.sets);
const path = layout.sourceFile('demo', 'mine', 1);
writeSource(path, {
  config: CONFIG,
  weights: {
    encoder: new Float32Array(576).fill(0.5),
    decoder: new Float32Array(576).fill(0.25),
    bEnc: new Float32Array(3),
    bOut: new Float32Array(192),
  },
  provenance: { format: 'test', originals: [] },
});
writeFileSync(join(dirname(path), 'set.json'), JSON.stringify({ name: 'Mine' }));
const SOUND = readFileSync(path);
const HEADER_END = 8 + Number(SOUND.readBigUInt64LE());

/** Puts a file in the source's place and reads all that can be read of it. */
function readAll(bytes: Uint8Array): string {
  writeFileSync(path, bytes);
  return outcome(() => {
    readSourceHeader(path);
    readSourceWeights(path);
  });
}

/** What the store lists of the set, and what it says of it; neither may ever throw. */
function listing(): { listed: boolean; codes: string[] } {
  const listed = store.model('demo').sources.some(({ id }) => id === '1-mine');
  return { listed, codes: store.problems.map(({ code }) => code) };
}

test('the sound file reads and is listed', () => {
  expect(readAll(SOUND)).toBe('fine');
  expect(listing()).toEqual({ listed: true, codes: [] });
});

test('cut at any length, it is refused and told of', () => {
  for (let length = 0; length < SOUND.length; length += length < HEADER_END ? 1 : 97) {
    expect(readAll(SOUND.subarray(0, length)), `cut at ${length}`).toBe('LOUPE_BAD_FILE');
    if (length % 50 !== 0) continue;
    expect(listing(), `cut at ${length}`).toEqual({ listed: false, codes: ['LOUPE_BAD_FILE'] });
  }
});

test('after random edits of its header it is fine or refused with a code', () => {
  const codes = ['fine', 'LOUPE_BAD_FILE', 'LOUPE_SHAPE_MISMATCH'];
  fc.assert(
    fc.property(mutated(SOUND, HEADER_END), (bytes) => {
      expect(codes).toContain(readAll(bytes));
    }),
    { numRuns: 400 },
  );
});

test("whatever Loupe's own header says, the store lists it or says why not", () => {
  const file = new TextDecoder().decode(SOUND.subarray(8, HEADER_END));
  const header = JSON.parse(file);
  const own = JSON.parse(header.__metadata__.loupe);
  fc.assert(
    fc.property(mutatedJson(own), (changed) => {
      const tensors = Object.fromEntries(
        Object.entries(
          header as Record<
            string,
            { dtype: 'F32'; shape: number[]; data_offsets: [number, number] }
          >,
        )
          .filter(([name]) => name !== '__metadata__')
          .map(
            ([
              name,
              {
                dtype,
                shape,
                data_offsets: [from, to],
              },
            ]) => [
              name,
              { dtype, shape, data: SOUND.subarray(HEADER_END + from, HEADER_END + to) },
            ],
          ),
      );
      writeFileSync(path, writeSafetensors(tensors, { loupe: JSON.stringify(changed) }));
      const { listed, codes } = listing();
      expect(codes).toHaveLength(listed ? 0 : 1);
      if (listed) {
        expect(['fine', 'LOUPE_BAD_FILE', 'LOUPE_SHAPE_MISMATCH']).toContain(
          outcome(() => readSourceWeights(path)),
        );
      } else expect(codes[0]).toMatch(/BAD_FILE|SHAPE_MISMATCH|UNSUPPORTED_DICTIONARY/);
    }),
    { numRuns: 300 },
  );
});

/** A SAELens folder large enough for storing it to take a moment: 50 MB. */
function largeDictionary(): string {
  const folder = join(scratch, 'large');
  mkdirSync(folder);
  const width = 32_768;
  const cfg = {
    d_in: 192,
    d_sae: width,
    hook_name: 'blocks.1.attn.hook_z',
    architecture: 'standard',
  };
  writeFileSync(join(folder, 'cfg.json'), JSON.stringify(cfg));
  const values = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i) / 10);
  writeFileSync(
    join(folder, 'sae_weights.safetensors'),
    writeSafetensors({
      W_enc: { dtype: 'F32', shape: [192, width], data: values(192 * width) },
      W_dec: { dtype: 'F32', shape: [width, 192], data: values(192 * width) },
      b_enc: { dtype: 'F32', shape: [width], data: values(width).map((value) => value - 3) },
      b_dec: { dtype: 'F32', shape: [192], data: values(192) },
    }),
  );
  return folder;
}

test('an import that is killed leaves nothing that is listed, or all of it', async () => {
  const folder = largeDictionary();
  const home = join(scratch, 'killed');
  const sets = join(home, 'sets');
  const found = new Set<boolean>();
  for (const delay of [0, 150, 400, 800]) {
    rmSync(home, { recursive: true, force: true });
    const child = startLoupe(['import', folder, '--set', 'large', '--model', 'demo'], {
      LOUPE_HOME: home,
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        if (text.includes('Storing')) resolve();
      });
      child.once('close', () => resolve());
    });
    await sleep(delay);
    child.kill('SIGKILL');
    await ended;
    const after = new ModelStore([data], sets);
    const listed = after.model('demo').sources.some(({ id }) => id === '1-large');
    expect(after.problems).toEqual([]);
    if (listed) readSourceWeights(join(sets, 'demo/large/1.safetensors'));
    found.add(listed);
    const folderOfSet = join(sets, 'demo/large');
    const files = existsSync(folderOfSet) ? readdirSync(folderOfSet) : [];
    const inPlace = files.filter((name) => !name.startsWith('.')).sort();
    if (listed) expect(inPlace).toEqual(['1.safetensors', 'set.json']);
    else expect(['', 'set.json']).toContain(inPlace.join());
  }
  // Killed at once, it cannot have been through.
  expect(found).toContain(false);
});
