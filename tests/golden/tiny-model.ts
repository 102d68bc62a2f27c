import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCatalogue } from '../../server/src/hub/catalogue.ts';

/**
 * Installs the random model and attention SAE of `scripts/fixtures/conventions.py` as the model `tiny`,
 * with the card that the catalogue has for such SAEs. Its tokens are bytes, 256 begins a text.
 *
 * @param root folder of installed models
 */
export function installTinyModel(root: string): void {
  const folder = join(root, 'tiny');
  cpSync(fileURLToPath(new URL('conventions', import.meta.url)), folder, { recursive: true });
  const card = readCatalogue().sets.find(({ id }) => id === 'att-kk')?.card;
  const manifest = {
    id: 'tiny',
    name: 'Tiny',
    description: 'A random model',
    model: 'model',
    sets: [{ id: 'att-kk', name: 'Attention output SAEs', path: 'att-kk', layers: [2], card }],
    examples: [],
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
