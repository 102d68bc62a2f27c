import { setTimeout } from 'node:timers/promises';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import type { Kernels } from '../tensor/kernels.ts';
import {
  type BenchShape,
  encodeFlops,
  forwardFlops,
  type SourceShape,
  shapeOf,
  weightBytes,
} from './bench-shape.ts';
import type { MemoryWatch } from './memory.ts';
import { profileOps } from './op-profile.ts';
import type { Progress } from './progress.ts';
import type { Pytorch, PytorchWork } from './pytorch.ts';
import type { BenchRow, Measure, ModelReport, ProductRow, ProfileRow } from './report.ts';
import type { StoreReport } from './stored-model.ts';
import { summarize } from './summary.ts';
import { BareProduct, Workload } from './workload.ts';

/** Untimed rounds before the first: oneDNN and torch choose and compile their kernels then. */
const WARM_UP = 2;
/** Milliseconds for the threads of one side to go to sleep before the other's turn. */
const SETTLE = 20;

/** What a model is measured with. */
export interface Bench {
  kernels: Kernels;
  /** Lengths of prompts, BOS included. */
  lengths: readonly number[];
  repeats: number;
  pytorch: Pytorch | undefined;
  /** True for a profile by op, which only the `tensorflow` backend can give. */
  profile: boolean;
  progress: Progress;
}

/**
 * Measures a model at each length that fits its context, ours and PyTorch's runs in turn, so that both
 * see the machine in the same state.
 *
 * @param tokens one more than the longest prompt has, BOS included
 * @param memory watch begun before the model was loaded
 * @param store how loading went, if it was loaded from the store
 */
export async function measureModel(
  model: LoadedModel,
  tokens: readonly number[],
  memory: MemoryWatch,
  bench: Bench,
  store?: StoreReport,
): Promise<ModelReport> {
  const { kernels, lengths, pytorch, progress } = bench;
  const shape = shapeOf(model);
  const workload = new Workload(model, tokens);
  const fitting = lengths.filter((length) => length <= shape.context);
  for (const length of lengths.filter((length) => length > shape.context)) {
    progress.note(`${model.id}: ${length} tokens are left out, its context is ${shape.context}.`);
  }
  const longest = Math.min(64, Math.max(1, ...fitting));
  const active = workload.meanActive(longest);
  memory.look();
  if (pytorch) {
    progress.begin(`${model.id}: building the same in PyTorch`);
    await pytorch.build(shape, active);
  }
  const rows: BenchRow[] = [];
  for (const length of fitting) {
    rows.push(...(await measureLength(model.id, workload, shape, length, bench)));
    memory.look();
  }
  const memoryUse = memory.use();
  const profiles = bench.profile ? await profileLengths(workload, shape, fitting, bench) : [];
  progress.begin(`${model.id}: the product alone`);
  const [encoder] = shape.sources;
  const products = encoder ? measureProducts(kernels, encoder, [1, ...fitting], bench.repeats) : [];
  return {
    id: model.id,
    shape,
    active,
    weightBytes: weightBytes(shape),
    memory: memoryUse,
    ...(store && { store }),
    rows,
    products,
    profiles,
  };
}

type Column = 'loupe' | 'pytorch' | 'pytorchWithError' | 'libraries';

/** Timings of one length, by measure and side. */
class Samples {
  readonly #samples = new Map<Measure, Map<Column, number[]>>();

  add(measure: Measure, column: Column, milliseconds: number): void {
    const columns = this.#samples.get(measure) ?? new Map<Column, number[]>();
    this.#samples.set(measure, columns);
    columns.set(column, [...(columns.get(column) ?? []), milliseconds]);
  }

  rows(tokens: number, flops: Partial<Record<Measure, number>>): BenchRow[] {
    const whole = this.#samples.get('endToEnd')?.get('loupe') ?? [];
    return Array.from(this.#samples, ([measure, columns]) => {
      const summaries = Object.fromEntries(
        Array.from(columns, ([column, samples]) => [column, summarize(samples)]),
      ) as Pick<BenchRow, Column>;
      const { median } = summaries.loupe;
      const work = flops[measure];
      return {
        tokens,
        measure,
        ...summaries,
        ...((measure === 'firstBatch' || measure === 'append') && {
          share: median / summarize(whole).median,
        }),
        ...(work !== undefined && { gigaflops: work / median / 1e6 }),
      };
    });
  }
}

async function measureLength(
  id: string,
  workload: Workload,
  shape: BenchShape,
  length: number,
  { repeats, pytorch, progress }: Bench,
): Promise<BenchRow[]> {
  const canAppend = length < shape.context;
  const samples = new Samples();
  progress.begin(`${id}: ${length} tokens`);
  for (let round = -WARM_UP; round < repeats; round++) {
    const add = (measure: Measure, column: Column, milliseconds: number) => {
      if (round >= 0) samples.add(measure, column, milliseconds);
    };
    const theirs = async (measure: Measure, work: PytorchWork, errors: readonly boolean[]) => {
      if (!pytorch) return;
      await setTimeout(SETTLE);
      for (const withError of errors) {
        const took = await pytorch.time(work, length, withError);
        add(measure, withError ? 'pytorchWithError' : 'pytorch', took);
      }
      await setTimeout(SETTLE);
    };
    add('forward', 'loupe', workload.forward(length));
    await theirs('forward', 'forward', [false]);
    const { whole, firstBatch } = await workload.endToEnd(length);
    add('endToEnd', 'loupe', whole);
    add('firstBatch', 'loupe', firstBatch);
    if (canAppend) add('append', 'loupe', (await workload.append(length)).whole);
    await theirs('endToEnd', 'end_to_end', [false, true]);
    if (pytorch?.info.libraries) {
      add('endToEnd', 'libraries', await pytorch.time('libraries', length, false));
      await setTimeout(SETTLE);
    }
    if (canAppend) await theirs('append', 'append', [false, true]);
    add('encode', 'loupe', workload.encode(length));
    await theirs('encode', 'encode', [false, true]);
    progress.step(round + WARM_UP + 1, repeats + WARM_UP);
  }
  const forward = forwardFlops(shape, length);
  const encode = encodeFlops(shape, length);
  return samples.rows(length, { forward, encode, endToEnd: forward + encode });
}

async function profileLengths(
  workload: Workload,
  shape: BenchShape,
  lengths: readonly number[],
  { repeats, progress }: Bench,
): Promise<ProfileRow[]> {
  progress.begin('profiling');
  const profiles: ProfileRow[] = [];
  for (const tokens of lengths) {
    const runs: ProfileRow[] = [];
    for (let round = -WARM_UP; round < repeats; round++) {
      const whole = await profileOps(() => workload.endToEnd(tokens));
      runs.push({ tokens, measure: 'endToEnd', ...whole });
      if (tokens >= shape.context) continue;
      const append = await profileOps(() => workload.append(tokens));
      runs.push({ tokens, measure: 'append', ...append });
    }
    runs.sort((a, b) => a.milliseconds - b.milliseconds);
    for (const measure of ['endToEnd', 'append'] as const) {
      const fastest = runs.find((run) => run.measure === measure);
      if (fastest) profiles.push(fastest);
    }
  }
  return profiles;
}

function measureProducts(
  kernels: Kernels,
  { dIn, width }: SourceShape,
  lengths: readonly number[],
  repeats: number,
): ProductRow[] {
  const product = new BareProduct(kernels, dIn, width);
  const products = Array.from(new Set(lengths), (rows) => {
    for (let round = 0; round < WARM_UP; round++) product.time(rows);
    const time = summarize(Array.from({ length: repeats }, () => product.time(rows)));
    return {
      rows,
      time,
      gigaflops: (2 * rows * dIn * width) / time.median / 1e6,
      gigabytes: (4 * dIn * width) / time.median / 1e6,
    };
  });
  product.dispose();
  return products;
}
