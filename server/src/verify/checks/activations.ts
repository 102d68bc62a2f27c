import { Type } from 'typebox';
import { resolvePosition } from '../../interventions/positions.ts';
import type { SparseRows } from '../../tensor/sparse-rows.ts';
import { checkKind, type Measured } from './check-kind.ts';
import { Interventions, interventionSources, Prompt } from './parameters.ts';

/**
 * Activations of a source's features in a prompt.
 *
 * Measures `7937@-1` for each of `features` at each of `positions` (all positions where none are
 * named), and `top@-1`, ids of the `top` strongest, strongest first. Positions are spelled as given.
 */
export const activations = checkKind({
  name: 'activations',
  parameters: Type.Object(
    {
      input: Prompt,
      source: Type.String(),
      positions: Type.Optional(Type.Array(Type.Integer())),
      features: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
      top: Type.Optional(Type.Integer({ minimum: 1 })),
      interventions: Interventions,
    },
    { additionalProperties: false },
  ),
  sources: ({ source, interventions }) => [source, ...interventionSources(interventions)],
  *measure({ input, source: id, positions, features = [], top, interventions }, subject) {
    const source = subject.source(id);
    const tokens = subject.tokens(input);
    const cache = yield* subject.run(tokens, [source.hook], interventions);
    try {
      const rows = subject.dictionary(source).activations(cache.hook(source.hook));
      const measured = new Map<string, Measured>();
      for (const named of positions ?? tokens.keys()) {
        const row = activeAt(rows, resolvePosition(named, tokens.length));
        for (const feature of features) measured.set(`${feature}@${named}`, row.get(feature) ?? 0);
        if (top !== undefined) measured.set(`top@${named}`, strongest(row, top));
      }
      return measured;
    } finally {
      cache.release();
    }
  },
});

/** Activations at one position, by feature. */
export function activeAt(
  { offsets, columns, values }: SparseRows,
  row: number,
): Map<number, number> {
  const active = new Map<number, number>();
  for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
    active.set(columns[e] as number, values[e] as number);
  }
  return active;
}

function strongest(row: ReadonlyMap<number, number>, count: number): number[] {
  return [...row]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([feature]) => feature);
}
