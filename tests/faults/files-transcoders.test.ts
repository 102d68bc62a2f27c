import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DictionaryCard } from '../../server/src/dictionaries/card.ts';
import { laterLayers } from '../../server/src/dictionaries/cross-layer.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import { mutated, outcome } from './files-mutations.ts';

fc.configureGlobal({ seed: 20 });

const REFUSALS = ['LOUPE_BAD_FILE', 'LOUPE_SHAPE_MISMATCH', 'LOUPE_UNSUPPORTED_DICTIONARY'];
const GOLDEN = fileURLToPath(new URL('../golden/transcoders', import.meta.url));
const LAYER = 1;
const CARD: DictionaryCard = { layer: LAYER, hook: `blocks.${LAYER}.hook_resid_mid` };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-faults-'));
  cpSync(GOLDEN, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a source of a set; whatever is read must hang together. */
function tryReading(name: string): string {
  return outcome(() => {
    const files = dictionaryFolder(join(folder, name));
    const format = findFormat(files, CARD);
    format.layers?.(files);
    const config = format.describe(files, CARD);
    const weights = format.load(files, CARD, config);
    expect(weights.encoder).toHaveLength(config.dIn * config.width);
    expect(weights.bEnc).toHaveLength(config.width);
    expect(weights.laterDecoders ?? []).toHaveLength(laterLayers(config));
    for (const decoder of [weights.decoder, ...(weights.laterDecoders ?? [])]) {
      expect(decoder).toHaveLength(config.width * config.dOut);
    }
    if (weights.skip) expect(weights.skip).toHaveLength(config.dIn * config.dOut);
  });
}

test.each([
  ['circuit-tracer', ['config.yaml', 'layer_1.safetensors']],
  ['circuit-tracer-clt', ['W_enc_1.safetensors', 'W_dec_1.safetensors']],
  ['sweep-clt', ['encoder_layer_1.safetensors', 'decoder_layer_2.safetensors']],
  ['sparsify', ['h.1.mlp/cfg.json', 'h.1.mlp/sae.safetensors']],
  ['sparsify-clt', ['h.1.mlp/cfg.json', 'h.2.mlp/sae.safetensors']],
  ['crosslayer-coding-tied-by-target', ['cfg.json', 'norm_stats.json', 'clt.safetensors']],
])('%s: any change of a file ends in a refusal or a sound dictionary', (name, files) => {
  expect(tryReading(name)).toBe('fine');
  for (const file of files) {
    const path = join(folder, name, file);
    const sound = readFileSync(path);
    const seen = new Set<string>();
    fc.assert(
      fc.property(mutated(sound, Math.min(sound.length, 600)), (damaged) => {
        writeFileSync(path, damaged);
        seen.add(tryReading(name));
      }),
      { numRuns: 200 },
    );
    writeFileSync(path, sound);
    expect([...REFUSALS, 'fine']).toEqual(expect.arrayContaining([...seen]));
    expect(
      [...seen].some((result) => result !== 'fine'),
      file,
    ).toBe(true);
  }
});
