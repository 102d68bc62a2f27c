import { beforeAll, describe, expect, test } from 'vitest';
import type { ActivationsEvent } from '../../server/src/jobs/activations.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { drain, type GoldenFeatures, golden, LOOSENESS, loadDemo, SETS } from './model.ts';

type SourceEvent = Extract<ActivationsEvent, { type: 'source' }>;

let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});

describe.each(['ioi', 'single', 'story', 'unicode'])('%s', (name) => {
  const expected = golden<GoldenFeatures>(`${name}.features.json`);
  let bySource: Map<string, SourceEvent>;
  beforeAll(() => {
    const events = drain(
      activationsJob({ model: 'demo', prompt: expected.prompt, topK: 0 }, () => model),
    );
    const [start] = events;
    if (start?.type !== 'start') throw new Error('no start');
    bySource = new Map(
      events
        .filter((event) => event.type === 'source')
        .map((event) => [start.sources[event.source]?.id as string, event]),
    );
  });

  const sources = Object.entries(SETS).flatMap(([kind, set]) =>
    [0, 1, 2, 3].map((layer) => ({ kind, layer, id: `${layer}-${set}` })),
  );

  test.each(sources)('$id: every active feature, and no other', ({ kind, layer, id }) => {
    const found = activations(bySource.get(id) as SourceEvent);
    const positions = expected.features[kind]?.[layer] ?? [];
    expect(positions).toHaveLength(expected.ids.length);
    positions.forEach((features, position) => {
      for (const [feature, activation] of features) {
        const ours = found.get(`${position}/${feature}`) ?? 0;
        // 2e-3 or 1 %, whichever is larger.
        const tolerance = LOOSENESS * Math.max(2e-3, 0.01 * activation);
        expect(Math.abs(ours - activation), `${id}/${feature} at ${position}`).toBeLessThan(
          tolerance,
        );
        found.delete(`${position}/${feature}`);
      }
    });
    // What the goldens do not list is below their threshold of 1e-3, give or take rounding.
    const extra = [...found].filter(([, activation]) => activation > 2e-3 * LOOSENESS);
    expect(extra).toEqual([]);
  });

  test.each(sources)('$id: reconstruction error', ({ kind, layer, id }) => {
    const { error } = (bySource.get(id) as SourceEvent).reconstruction;
    const goldenError = expected.recon_fvu_per_token[kind]?.[layer] ?? [];
    expect(error).toHaveLength(goldenError.length);
    goldenError.forEach((value, position) => {
      expect(Math.abs((error[position] as number) - value)).toBeLessThan(
        LOOSENESS * (1e-3 * value + 1e-4),
      );
    });
  });
});

function activations({ position, feature, activation }: SourceEvent): Map<string, number> {
  return new Map(
    Array.from(feature, (f, row) => [`${position[row]}/${f}`, activation[row] as number]),
  );
}
