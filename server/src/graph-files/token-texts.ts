import type { ModelStore } from '../hub/store.ts';
import { readModelFolder } from '../weights/model-folder.ts';
import type { TokenTexts } from './circuit-tracer-nodes.ts';

/**
 * Finds the texts of token ids by the installed models: one whose tokens together are the prompt, word for
 * word, has cut it in that way, whatever the file calls its model.
 */
export function tokenTextsOf(store: ModelStore): TokenTexts {
  return (ids, prompt) => {
    for (const { id } of store.models()) {
      const { tokenizer, close } = readModelFolder(store.installed(id).folder);
      close();
      const bytes = Buffer.concat(ids.map((token) => tokenizer.bytes(token)));
      if (bytes.toString('utf8') === prompt) return ids.map((token) => tokenizer.text(token));
    }
    return undefined;
  };
}
