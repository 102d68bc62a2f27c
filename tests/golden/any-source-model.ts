import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeChange } from '@loupe/shared';
import { golden } from './model.ts';

interface Case {
  name: string;
  changes: NodeChange[];
  top: [id: number, logit: number][];
  /** The activations that move most. */
  moves: [feature: string, position: number, before: number, after: number][];
}

/** What `scripts/fixtures/any-source.py` writes. */
interface AnySource {
  tokens: number[];
  /** Id, hook read, hook written. */
  sources: [id: string, reads: string, writes: string][];
  clean: [id: number, logit: number][];
  /** Free runs. */
  cases: Case[];
  /** What explains in frozen runs. */
  explaining: string[];
  frozen: Case[];
  weights: {
    from: string;
    to: string;
    direct: number | null;
    heads: [layer: number, head: number, weight: number][];
  }[];
  promotes: { feature: string; promotes: [id: number, effect: number][] }[];
}
export const ANY_SOURCE = golden<AnySource>('any-source/expected.json');

/**
 * Installs the random model of `scripts/fixtures/conventions.py`, whose LayerNorm weights are not 1, as
 * `tiny`, with a dictionary of SAELens at every place: of the residual stream (the last one is `3-res` of a
 * model of three layers), of outputs and inputs of attention and MLP, and transcoders between them.
 *
 * @param root folder of installed models
 */
export function installAnySource(root: string): void {
  const folder = join(root, 'tiny');
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  cpSync(here('conventions/model'), join(folder, 'model'), { recursive: true });
  cpSync(here('any-source'), join(folder, 'sets'), { recursive: true });
  const layersOf = new Map<string, number[]>();
  for (const [id] of ANY_SOURCE.sources) {
    const [layer, ...set] = id.split('-');
    layersOf.set(set.join('-'), [...(layersOf.get(set.join('-')) ?? []), Number(layer)]);
  }
  const manifest = {
    id: 'tiny',
    name: 'Tiny',
    description: 'A random model',
    model: 'model',
    sets: Array.from(layersOf, ([id, layers]) => ({
      id,
      name: id,
      path: `sets/{layer}-${id}`,
      layers,
    })),
    examples: [],
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
