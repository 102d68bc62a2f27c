import { type ActivationsRequest, type FeatureInfo, featureId, LoupeError } from '@loupe/shared';
import { collectActivations } from '../answers/collect-activations.ts';
import type { Engine } from '../engine/jobs.ts';
import { startEngine } from '../engine/supervisor.ts';
import { createLogger } from '../http/logger.ts';
import { readSettings } from '../settings.ts';
import { featureTable } from './feature-table.ts';
import type { GivenPrompt } from './given-prompt.ts';
import { installedModel } from './installed-model.ts';
import { print, printJson } from './output.ts';

/** The options of the command as commander gives them. */
export interface FeaturesOptions {
  model?: string;
  tokens?: number[];
  sources?: string[];
  topK?: number;
  minActivation?: number;
  bos: boolean;
  json?: true;
}

/** Feature ids that one request may name. */
const FEATURES_AT_ONCE = 2048;
const PROMOTED_TOKENS = 4;

/**
 * Runs a prompt on an engine of its own and prints what fires.
 *
 * @throws LoupeError what the engine refuses
 */
export async function runFeatures(given: GivenPrompt, options: FeaturesOptions): Promise<void> {
  const settings = readSettings({ LOUPE_LOG_LEVEL: 'silent', ...process.env });
  const { modelRoots, setsFolder, backend, memoryBytes, inspectPort } = settings;
  const request = activationsRequest(installedModel(settings, options.model), given, options);
  const engine = startEngine({
    logger: createLogger(settings),
    handlerOptions: { roots: modelRoots, setsFolder, backend, memoryBytes },
    startAttempts: 1,
    inspectPort,
  });
  try {
    const answer = await activations(engine, request);
    for (const note of answer.notes ?? []) process.stderr.write(`${note}\n`);
    if (options.json) await printJson(answer);
    else print(featureTable(answer, await describe(engine, answer)));
  } finally {
    await engine.stop();
  }
}

type Activations = Awaited<ReturnType<typeof collectActivations>>;

async function activations(engine: Engine, request: ActivationsRequest): Promise<Activations> {
  const events = engine.run('activations', request);
  const { done, value } = await events.next();
  if (done || value.type !== 'start') throw new LoupeError('LOUPE_INTERNAL');
  return collectActivations(value, events);
}

/** What the weights say of every feature that fired, by id. */
async function describe(
  engine: Engine,
  { model, sources, activations }: Activations,
): Promise<Map<string, FeatureInfo>> {
  const { source, feature } = activations;
  const ids = new Set<string>();
  for (const [row, index] of feature.entries()) {
    ids.add(featureId(sources[source[row] as number]?.id ?? '', index));
  }
  const wanted = [...ids];
  const found = new Map<string, FeatureInfo>();
  for (let from = 0; from < wanted.length; from += FEATURES_AT_ONCE) {
    const features = wanted.slice(from, from + FEATURES_AT_ONCE);
    const request = { model, features, topK: PROMOTED_TOKENS };
    for await (const answer of engine.run('features', request)) {
      for (const info of answer.features) found.set(info.id, info);
      for (const { id, message } of answer.errors ?? [])
        process.stderr.write(`${id}: ${message}\n`);
    }
  }
  return found;
}

/** What the API would be asked, from what the command line says. */
function activationsRequest(
  model: string,
  given: GivenPrompt,
  { sources, topK, minActivation, bos }: FeaturesOptions,
): ActivationsRequest {
  return {
    model,
    ...given,
    prependBos: bos,
    ...(sources && { sources }),
    ...(topK !== undefined && { topK }),
    ...(minActivation !== undefined && { minActivation }),
  };
}
