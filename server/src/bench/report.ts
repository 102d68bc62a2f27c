import type { BackendInfo } from '@loupe/shared';
import type { BenchShape } from './bench-shape.ts';
import type { MachineInfo } from './machine.ts';
import type { MemoryUse } from './memory.ts';
import type { OpProfile } from './op-profile.ts';
import type { PytorchInfo } from './pytorch.ts';
import type { StoreReport } from './stored-model.ts';
import type { Summary } from './summary.ts';

/** What is timed, in the order of the table. */
export const MEASURES = ['forward', 'encode', 'endToEnd', 'firstBatch', 'append'] as const;
export type Measure = (typeof MEASURES)[number];

/** One line of the table: a piece of work at one length. */
export interface BenchRow {
  /** Length of the prompt, BOS included; for `append` the length before. */
  tokens: number;
  measure: Measure;
  /** Always with reconstruction errors. */
  loupe: Summary;
  /** Plain PyTorch; dictionaries give features only. */
  pytorch?: Summary;
  /** Plain PyTorch with the reconstruction error as well, a dense product with the decoder. */
  pytorchWithError?: Summary;
  /** TransformerLens and SAELens as their users call them; features only. */
  libraries?: Summary;
  /** Share of the end-to-end time at the same length, of `firstBatch` and `append`. */
  share?: number;
  /** Achieved, of all floating-point operations there are to do; 10⁹ a second. */
  gigaflops?: number;
}

/** A matrix product alone, of the shape of the first source's encoder. */
export interface ProductRow {
  rows: number;
  time: Summary;
  gigaflops: number;
  /** 10⁹ bytes of the matrix read a second. */
  gigabytes: number;
}

/** Op by op, the least disturbed of several runs. */
export interface ProfileRow extends OpProfile {
  tokens: number;
  measure: 'endToEnd' | 'append';
}

export interface ModelReport {
  id: string;
  shape: BenchShape;
  /** Active features of a token and source, on average. */
  active: number;
  /** All weights in float32. */
  weightBytes: number;
  memory: MemoryUse;
  /** Where it was loaded from the store. */
  store?: StoreReport;
  rows: BenchRow[];
  products: ProductRow[];
  /** Empty unless asked for. */
  profiles: ProfileRow[];
}

/** Everything that one run of the bench found out. */
export interface BenchReport {
  loupe: string;
  date: string;
  machine: MachineInfo;
  backend: BackendInfo;
  /** Which PyTorch it was compared with, or why with none. */
  pytorch: PytorchInfo | { reason: string };
  repeats: number;
  models: ModelReport[];
}
