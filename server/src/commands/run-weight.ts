import { LoupeError, parseFeatureId } from '@loupe/shared';
import { print, printJson } from './output.ts';
import { table } from './table.ts';
import { withEngine } from './with-engine.ts';

/** The options of the command as commander gives them. */
export interface WeightOptions {
  model?: string;
  json?: true;
}

/** True for a feature of one of some sources. */
function isOf(feature: string, sources: readonly string[]): boolean {
  return sources.includes(parseFeatureId(feature)?.source ?? '');
}

/** Heads that are listed. */
const HEADS = 10;

/**
 * Prints the weight between two features.
 *
 * @throws LoupeError what the engine refuses
 */
export async function runWeight(from: string, to: string, options: WeightOptions): Promise<void> {
  const weight = await withEngine(options.model, async (engine, model) => {
    for await (const found of engine.run('featureWeight', { model, from, to })) return found;
    throw new LoupeError('LOUPE_INTERNAL');
  });
  if (options.json) return printJson(weight);
  const { direct, scale, normalizes = [], heads } = weight;
  if (direct !== null) {
    const factors = [
      `× activation of ${from}`,
      ...(isOf(from, normalizes) ? [`× deviation of what ${from} reads`] : []),
      ...(scale ? [`÷ scale of the LayerNorm before ${to} (${scale})`] : []),
      ...(isOf(to, normalizes) ? [`÷ deviation of what ${to} reads`] : []),
    ];
    print(`${direct.toPrecision(6)}  ${factors.join(' ')}`);
  }
  if (heads.length === 0) return;
  const rows = heads
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, HEADS)
    .map(({ layer, head, weight }) => [`${layer}.${head}`, weight.toPrecision(6)]);
  print(table(['head', 'weight'], rows, [1]));
}
