import { readFileSync } from 'node:fs';
import { ExampleRun } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { type GoldenFeatures, type GoldenLogits, golden, SETS } from './model.ts';

const run: unknown = JSON.parse(
  readFileSync(new URL('../../data/demo/example-run.json', import.meta.url), 'utf8'),
);

// Written by scripts/store-example-run.ts; run it again if this fails after a change of the schema.
test('the stored run is of the present schema and holds the golden values', () => {
  expect([...Value.Errors(ExampleRun, run)]).toEqual([]);
  if (!Value.Check(ExampleRun, run)) return;
  const features = golden<GoldenFeatures>('ioi.features.json');
  const logits = golden<GoldenLogits>('ioi.logits.json');
  const { activations, tokens, sources, next, complete, rows } = run.activations;

  expect(run.prompt).toBe(features.prompt);
  expect(tokens.map(({ id }) => id)).toEqual(features.ids);
  expect(complete).toBe(true);
  expect(rows).toBe(activations.feature.length);
  expect(next[0]?.id).toBe(logits.top20[0]?.id);
  const stored = new Map(
    activations.feature.map((feature, row) => [
      `${sources[activations.source[row] ?? 0]?.id}/${feature}@${activations.position[row]}`,
      activations.activation[row] as number,
    ]),
  );
  for (const [kind, set] of Object.entries(SETS)) {
    for (const [layer, positions] of Object.entries(features.features[kind] ?? {})) {
      positions.forEach((expected, position) => {
        for (const [feature, activation] of expected) {
          const key = `${layer}-${set}/${feature}@${position}`;
          const difference = Math.abs((stored.get(key) ?? 0) - activation);
          expect(difference, key).toBeLessThan(Math.max(2e-3, 0.01 * activation));
        }
      });
    }
  }
});
