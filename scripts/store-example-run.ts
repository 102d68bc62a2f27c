/**
 * Writes the stored run that the page shows while the engine starts:
 *
 *     node --import tsx scripts/store-example-run.ts
 *
 * It holds Loupe's own answers to the demo's first example; tests/golden/example-run.test.ts checks it
 * against the golden values.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ActivationsResponse, type ExampleRun, featureId } from '@loupe/shared';
import { collectActivations } from '../server/src/answers/collect-activations.ts';
import { createHandlers } from '../server/src/engine/handlers.ts';
import { ModelStore } from '../server/src/hub/store.ts';
import type { ActivationsEvent } from '../server/src/jobs/activations.ts';

const MODEL = 'demo';
/** Tokens that each feature promotes and demotes, as many as the page shows. */
const TOKENS_PER_FEATURE = 5;

const data = fileURLToPath(new URL('../data', import.meta.url));
const prompt = new ModelStore([data]).model(MODEL).examples[0]?.prompt;
if (prompt === undefined) throw new Error('the demo has no example');

const { handlers } = await createHandlers({ roots: [data] });
const activations = await answer(only(handlers.activations({ model: MODEL, prompt, topK: 0 })));
const [lens] = only(handlers.logitLens({ model: MODEL, prompt, topK: 10 }));
const lastPosition = activations.tokens.length - 1;
const { source, position, feature } = activations.activations;
const features = feature
  .map((index, row) => ({
    row,
    id: featureId(activations.sources[source[row] ?? 0]?.id ?? '', index),
  }))
  .filter(({ row }) => position[row] === lastPosition)
  .map(({ id }) => id);
const [described] = only(handlers.features({ model: MODEL, features, topK: TOKENS_PER_FEATURE }));
if (!lens || !described) throw new Error('a job gave no answer');

const run: ExampleRun = { prompt, activations, lens, features: described.features };
const rounded = JSON.stringify(run, (_, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
);
writeFileSync(`${data}/${MODEL}/example-run.json`, `${rounded}\n`);
process.exit();

function only<T>(job: Iterable<T | undefined>): T[] {
  return [...job].filter((event) => event !== undefined);
}

/** What the API would answer in JSON. */
async function answer([start, ...rest]: ActivationsEvent[]): Promise<ActivationsResponse> {
  if (start?.type !== 'start') throw new Error('the job did not start');
  const stream = (async function* () {
    yield* rest;
  })();
  const { activations, ...others } = await collectActivations(start, stream);
  const { source, position, feature, activation } = activations;
  return {
    ...others,
    activations: {
      source: Array.from(source),
      position: Array.from(position),
      feature: Array.from(feature),
      activation: Array.from(activation),
    },
  };
}
