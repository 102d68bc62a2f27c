import type { BackendInfo, GraphMode, GraphQuality } from '@loupe/shared';
import type { BenchShape } from '../bench-shape.ts';
import type { MachineInfo } from '../machine.ts';
import type { MemoryUse } from '../memory.ts';
import type { Summary } from '../summary.ts';
import type { ReferenceInfo, ReferenceRun } from './circuit-reference.ts';

/** Parts of a circuits job that are timed apart, as it names them in its progress. */
export const PHASES = ['model', 'encode', 'trace', 'finish'] as const;
export type Phase = (typeof PHASES)[number];

/** One graph of Loupe's. */
export interface CircuitRun {
  /** Milliseconds, until the last piece was there. */
  whole: number;
  phases: Record<Phase, number>;
  nodes: number;
  /** Nodes that are features, each with all of its inputs. */
  features: number;
  edges: number;
  quality: GraphQuality;
}

/** Graphs of one length and mode. */
export interface CircuitRow {
  tokens: number;
  mode: GraphMode;
  loupe: Summary;
  /** The fastest run; what it found is the same in all. */
  best: CircuitRun;
  /** From before the first of these graphs on. */
  memory: MemoryUse;
  autograd?: ReferenceRun;
  /** Always with attention passed through. */
  circuitTracer?: ReferenceRun;
}

export interface CircuitModelReport {
  id: string;
  shape: BenchShape;
  /** Active features of a token and source, on average. */
  active: number;
  weightBytes: number;
  rows: CircuitRow[];
}

/** Everything that one run of `bench --circuits` found out. */
export interface CircuitsReport {
  loupe: string;
  date: string;
  machine: MachineInfo;
  /** Load average of the last minute when it ended. */
  loadAfter: number;
  backend: BackendInfo;
  reference: ReferenceInfo | { reason: string };
  repeats: number;
  maxNodes: number;
  models: CircuitModelReport[];
}
