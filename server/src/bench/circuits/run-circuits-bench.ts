import { startBackend } from '../../tensor/start-backend.ts';
import { VERSION } from '../../version.ts';
import { machineInfo } from '../machine.ts';
import { MemoryWatch } from '../memory.ts';
import { type ModelChoice, openModel } from '../open-model.ts';
import { Progress } from '../progress.ts';
import { CircuitReference } from './circuit-reference.ts';
import type { CircuitModelReport, CircuitsReport } from './circuits-report.ts';
import { measureCircuits } from './measure-circuits.ts';

/** What to measure. */
export interface CircuitsBenchOptions {
  models: readonly ModelChoice[];
  /** Lengths of prompts in tokens, BOS included. */
  tokens: readonly number[];
  /** Timed runs of each of Loupe's graphs. */
  repeats: number;
  /** Most features of a graph. */
  maxNodes: number;
  /** False for no comparison with PyTorch and circuit-tracer. */
  pytorch: boolean;
  /** `tensorflow`, `wasm` or `cpu`; default the best that works. */
  backend: string | undefined;
  /** As LOUPE_MEMORY; heeded for a model from the store. */
  memoryBytes: number | undefined;
}

/**
 * Measures attribution graphs, beside PyTorch's autograd and circuit-tracer where Python has them.
 *
 * @throws LoupeError `LOUPE_BACKEND_UNAVAILABLE`
 */
export async function runCircuitsBench(
  options: CircuitsBenchOptions,
  progress: Progress = new Progress(),
): Promise<CircuitsReport> {
  const machine = machineInfo();
  progress.begin('Starting the backend');
  const backend = await startBackend(options.backend);
  const reference = await startReference(options.pytorch, progress);
  const compared = reference instanceof CircuitReference ? reference : undefined;
  const models: CircuitModelReport[] = [];
  const { repeats, maxNodes, memoryBytes } = options;
  const lengths = [...new Set(options.tokens)].sort((a, b) => a - b);
  try {
    for (const which of options.models) {
      const memory = new MemoryWatch();
      const opened = openModel(which, backend.kernels, memoryBytes, memory, progress);
      try {
        const bench = { lengths, repeats, maxNodes, reference: compared, progress };
        models.push(await measureCircuits(opened, bench));
      } finally {
        opened.dispose();
      }
    }
  } finally {
    compared?.close();
    progress.clear();
  }
  return {
    loupe: VERSION,
    date: new Date().toISOString(),
    machine,
    loadAfter: machineInfo().load,
    backend: backend.info,
    reference: reference instanceof CircuitReference ? reference.info : reference,
    repeats,
    maxNodes,
    models,
  };
}

async function startReference(
  wanted: boolean,
  progress: Progress,
): Promise<CircuitReference | { reason: string }> {
  if (!wanted) return { reason: 'left out' };
  progress.begin('Looking for Python with torch and circuit-tracer');
  const reference = await CircuitReference.start();
  if (!(reference instanceof CircuitReference)) {
    progress.note(
      `No comparison (${reference.reason}): for one, "python3 -m pip install circuit-tracer" and run again.`,
    );
  } else if (reference.info.circuitTracer === null) {
    progress.note(
      'PyTorch alone: for circuit-tracer too, "python3 -m pip install circuit-tracer".',
    );
  }
  return reference;
}
