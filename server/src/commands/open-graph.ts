import type { AttributionGraph } from '@loupe/shared';
import { openGraphFile } from '../graph-files/open-graph-file.ts';
import { tokenTextsOf } from '../graph-files/token-texts.ts';
import { ModelStore } from '../hub/store.ts';
import { readSettings } from '../settings.ts';

/**
 * The graph of a file that was saved or exported. Says on stderr what of it is not used.
 *
 * @throws LoupeError what `openGraphFile` throws
 */
export function openGraph(file: string): AttributionGraph {
  const { modelRoots, setsFolder } = readSettings(process.env);
  const texts = tokenTextsOf(new ModelStore(modelRoots, setsFolder));
  const work = openGraphFile(file, texts);
  for (let step = work.next(); ; step = work.next()) {
    if (!step.done) continue;
    const graph = step.value;
    if (graph.unused) process.stderr.write(`Not used of ${file}: ${graph.unused.join(', ')}.\n`);
    return graph;
  }
}
