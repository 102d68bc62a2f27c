import {
  type ActivationsRequest,
  ARROW_TYPE,
  LoupeError,
  type ModelInfo,
  parseSourceId,
  type SourceInfo,
  type StreamSource,
  toLoupeError,
} from '@loupe/shared';
import { readActivations, type StreamPart } from '../../api/activations-stream.ts';
import { request } from '../../api/http.ts';
import type { Run } from './run.ts';

/** A run that has been asked for and has nothing yet. */
export function newRun(model: string, prompt: string): Run {
  return {
    model,
    prompt,
    status: 'waiting',
    stored: false,
    tokens: [],
    sources: [],
    activations: [],
    outcome: undefined,
    lens: undefined,
    lensError: undefined,
    progress: 0,
    elapsed: 0,
    error: undefined,
  };
}

/** A source of a stream with all that the list of models says of it. */
export function describeSource(source: StreamSource, model: ModelInfo | undefined): SourceInfo {
  const listed = model ? [...model.sources, ...model.variants] : [];
  const known = listed.find(({ id }) => id === source.id);
  if (known) return known;
  // Installed since the list was read.
  return {
    ...source,
    set: parseSourceId(source.id)?.set ?? source.id,
    outputHook: source.hook,
    activationFunction: '',
    normalization: '',
    convention: 'raw',
  };
}

/** The run after one more part of its stream. */
export function addPart(run: Run, part: StreamPart, model: ModelInfo | undefined): Run {
  switch (part.type) {
    case 'start':
      return {
        ...run,
        status: 'streaming',
        tokens: part.tokens,
        sources: part.sources.map((source) => describeSource(source, model)),
        activations: part.sources.map(() => undefined),
      };
    case 'source': {
      const activations = run.activations.slice();
      const { reconstruction } = part;
      activations[reconstruction.source] = { ...part.activations, reconstruction };
      return { ...run, activations, progress: part.progress };
    }
    case 'end':
      return { ...run, status: 'complete', outcome: part.outcome, progress: 1 };
    case 'cut':
      return { ...run, status: 'cut' };
  }
}

/**
 * Runs a prompt through some sources, all if none are given, and calls `onChange` with the run as it grows. Never throws: how it ended is the
 * status of the last run, which is also returned.
 */
export async function execute(
  model: ModelInfo | undefined,
  started: Run,
  sources: string[] | undefined,
  signal: AbortSignal,
  onChange: (run: Run) => void,
): Promise<Run> {
  const begin = performance.now();
  let run = started;
  const update = (next: Run) => {
    run = { ...next, elapsed: performance.now() - begin };
    onChange(run);
  };
  try {
    const body: ActivationsRequest = {
      model: run.model,
      prompt: run.prompt,
      ...(sources && { sources }),
      topK: 0,
    };
    const response = await request('/activations', { body, accept: ARROW_TYPE, signal });
    if (!response.body) throw new LoupeError('LOUPE_INTERNAL', 'The server sent an empty answer.');
    for await (const part of readActivations(response.body, signal)) {
      update(addPart(run, part, model));
    }
  } catch (thrown) {
    const error = toLoupeError(thrown).toBody();
    const status = error.code === 'LOUPE_CANCELLED' && signal.aborted ? 'cancelled' : 'failed';
    update(status === 'failed' ? { ...run, status, error } : { ...run, status });
  }
  return run;
}
