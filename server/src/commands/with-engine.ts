import type { Engine } from '../engine/jobs.ts';
import { startEngine } from '../engine/supervisor.ts';
import { createLogger } from '../http/logger.ts';
import { readSettings } from '../settings.ts';
import { installedModel } from './installed-model.ts';

/**
 * Does something on an engine of its own, which ends with it.
 *
 * @param wanted id of a model; the first that is installed if none is given
 * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`, and what the work throws
 */
export async function withEngine<R>(
  wanted: string | undefined,
  work: (engine: Engine, model: string) => Promise<R>,
): Promise<R> {
  const settings = readSettings({ LOUPE_LOG_LEVEL: 'silent', ...process.env });
  const { modelRoots, setsFolder, backend, memoryBytes, inspectPort } = settings;
  const model = installedModel(settings, wanted);
  const engine = startEngine({
    logger: createLogger(settings),
    handlerOptions: { roots: modelRoots, setsFolder, backend, memoryBytes },
    startAttempts: 1,
    inspectPort,
  });
  try {
    return await work(engine, model);
  } finally {
    await engine.stop();
  }
}
