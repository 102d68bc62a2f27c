import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelConfig } from '../../model/config.ts';
import { Checkpoint } from '../../weights/checkpoint.ts';
import { readJsonFile } from '../../weights/text-file.ts';
import { openWeights } from '../../weights/weights-files.ts';

/**
 * Says in a staged checkpoint's `config.json` that its head is not tied to the embedding where the file
 * holds both and they differ: transformers 5 then uses both, whatever the configuration says.
 *
 * @returns what there is to be said of it
 */
export async function untieHead(folder: string): Promise<string[]> {
  const path = join(folder, 'config.json');
  const json = readJsonFile(path) as object;
  const config = parseModelConfig(json, path);
  if (!config.tiedHead) return [];
  const file = openWeights(folder);
  try {
    if (new Checkpoint(file, config).isTied()) return [];
  } finally {
    file.close();
  }
  writeFileSync(path, `${JSON.stringify({ ...json, tie_word_embeddings: false }, null, 2)}\n`);
  return [
    'config.json says that the head is tied to the embedding, but the file has other values for it, which ' +
      'are used, as transformers does.',
  ];
}
