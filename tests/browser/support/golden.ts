import { readFileSync } from 'node:fs';
import type { GoldenFeatures, GoldenLogits } from '../../golden/model.ts';

/** The sets of the demo by their names in the golden files, with how the page calls their kind. */
const KINDS = { 'attn-z': 'attention', 'mlp-transcoder': 'MLP' } as const;
const SETS = { 'attn-z': 'att-demo', 'mlp-transcoder': 'mlp-demo' } as const;

/** An active feature as PyTorch has it. */
export interface GoldenFeature {
  /** `3/213` */
  name: string;
  kind: string;
  /** `3-att-demo` */
  source: string;
  /** `3-att-demo/213` */
  id: string;
  position: number;
  activation: number;
}

/** The golden prompt `ioi` as names of files have it. */
export const IOI_WORDS = 'When-Mary-and-John-went-to-the-store-John-gave-a-drink-to';

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../golden/${file}`, import.meta.url), 'utf8')) as T;
}

export function goldenLogits(name: string): GoldenLogits {
  return read(`${name}.logits.json`);
}

/** Every active feature of a golden prompt, strongest first. */
export function goldenFeatures(name: string): GoldenFeature[] {
  const { features } = read<GoldenFeatures>(`${name}.features.json`);
  const all: GoldenFeature[] = [];
  for (const set of ['attn-z', 'mlp-transcoder'] as const) {
    for (const [layer, positions] of Object.entries(features[set] ?? {})) {
      const source = `${layer}-${SETS[set]}`;
      for (const [position, active] of positions.entries()) {
        for (const [index, activation] of active) {
          const name = `${layer}/${index}`;
          const id = `${source}/${index}`;
          all.push({ name, kind: KINDS[set], source, id, position, activation });
        }
      }
    }
  }
  return all.sort((a, b) => b.activation - a.activation);
}

/** The prompt of a golden file. */
export function goldenPrompt(name: string): string {
  return goldenLogits(name).prompt;
}
