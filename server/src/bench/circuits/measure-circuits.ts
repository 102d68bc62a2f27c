import { setTimeout } from 'node:timers/promises';
import type { GraphMode } from '@loupe/shared';
import { shapeOf, weightBytes } from '../bench-shape.ts';
import { MemoryWatch } from '../memory.ts';
import type { OpenedModel } from '../open-model.ts';
import type { Progress } from '../progress.ts';
import { summarize } from '../summary.ts';
import { Workload } from '../workload.ts';
import type { CircuitReference, ReferenceRun } from './circuit-reference.ts';
import type { CircuitModelReport, CircuitRow, CircuitRun } from './circuits-report.ts';
import { runCircuit } from './run-circuit.ts';

/** What graphs are measured with. */
export interface CircuitsBench {
  /** Lengths of prompts, BOS included. */
  lengths: readonly number[];
  repeats: number;
  /** Most features of a graph. */
  maxNodes: number;
  reference: CircuitReference | undefined;
  progress: Progress;
}

/** Beyond these lengths the comparison takes minutes a graph. */
const LONGEST = { autograd: 16, circuitTracer: 64 };
/** Features of a first graph of the comparison, not timed, in which torch chooses its kernels. */
const WARM_UP_NODES = 1;
/** Milliseconds for the threads of one side to go to sleep before the other's turn. */
const SETTLE = 20;

const MODES: readonly GraphMode[] = ['features', 'frozen'];

/** Measures graphs at each length that fits the model's context, in both modes. */
export async function measureCircuits(
  { model, tokens }: OpenedModel,
  bench: CircuitsBench,
): Promise<CircuitModelReport> {
  const { lengths, reference, progress } = bench;
  const shape = shapeOf(model);
  const fitting = lengths.filter((length) => length <= shape.context);
  const longest = Math.min(64, Math.max(...fitting));
  const active = new Workload(model, tokens(longest + 1)).meanActive(longest);
  if (reference) {
    progress.begin(`${model.id}: building the same in PyTorch`);
    await reference.build(shape, active);
  }
  const rows: CircuitRow[] = [];
  for (const length of fitting) {
    for (const mode of MODES) {
      progress.begin(`${model.id}: ${length} tokens, ${mode}`);
      // Once is enough: what is slow in a first graph is slow but once.
      if (length === fitting[0]) runCircuit(model, tokens(length), mode, bench.maxNodes);
      const row = await measureRow(model, tokens(length), mode, bench);
      rows.push(row);
      // A run takes minutes, and what was measured is not to be lost with its end.
      progress.note(formatRow(row));
    }
  }
  return { id: model.id, shape, active, weightBytes: weightBytes(shape), rows };
}

async function measureRow(
  model: OpenedModel['model'],
  tokens: readonly number[],
  mode: GraphMode,
  { repeats, maxNodes, reference, progress }: CircuitsBench,
): Promise<CircuitRow> {
  const runs: CircuitRun[] = [];
  const memory = new MemoryWatch();
  const found: Pick<CircuitRow, 'autograd' | 'circuitTracer'> = {};
  // The comparison's one run of each comes between ours, so that both see the machine in the same state.
  const turns = reference ? theirTurns(reference, mode, tokens.length, maxNodes, found) : [];
  for (let round = 0; round < repeats; round++) {
    runs.push(runCircuit(model, tokens, mode, maxNodes));
    await turns[round]?.();
    await setTimeout(SETTLE);
    progress.step(round + 1, repeats);
  }
  for (const turn of turns.slice(repeats)) await turn();
  const [best] = runs.toSorted((a, b) => a.whole - b.whole);
  return {
    tokens: tokens.length,
    mode,
    loupe: summarize(runs.map(({ whole }) => whole)),
    best: best as CircuitRun,
    memory: memory.use(),
    ...found,
  };
}

function formatRow({ tokens, mode, best, memory, autograd, circuitTracer }: CircuitRow): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [
    `${tokens} tokens, ${mode}: ${seconds(best.whole)}, ${(memory.process / 1e9).toFixed(2)} GB`,
    ...(autograd ? [`autograd ${seconds(autograd.ms)}`] : []),
    ...(circuitTracer ? [`circuit-tracer ${seconds(circuitTracer.ms)}`] : []),
  ].join('; ');
}

function theirTurns(
  reference: CircuitReference,
  mode: GraphMode,
  tokens: number,
  maxNodes: number,
  found: Pick<CircuitRow, 'autograd' | 'circuitTracer'>,
): (() => Promise<void>)[] {
  const timed = async (run: (nodes: number) => Promise<ReferenceRun>) => {
    await setTimeout(SETTLE);
    await run(WARM_UP_NODES);
    return run(maxNodes);
  };
  const turns: (() => Promise<void>)[] = [];
  if (tokens <= LONGEST.autograd) {
    turns.push(async () => {
      found.autograd = await timed((nodes) => reference.autograd(mode, tokens, nodes));
    });
  }
  const { circuitTracer } = reference.info;
  if (tokens <= LONGEST.circuitTracer && circuitTracer !== null && mode === 'frozen') {
    turns.push(async () => {
      found.circuitTracer = await timed((nodes) => reference.circuitTracer(tokens, nodes));
    });
  }
  return turns;
}
