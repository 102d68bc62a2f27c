import * as tf from '@tensorflow/tfjs-core';
import { Readings } from './readings.ts';
import type { ReplacementModel } from './replacement-model.ts';
import { attentionStage, mlpStage, stageCount } from './stages.ts';
import type { Target } from './target.ts';
import { TargetRow } from './target-row.ts';
import { BIAS } from './write-table.ts';

/** Bytes of vectors that are pulled back at once. */
const BATCH_BYTES = 48 * 1024 * 1024;

/**
 * The inputs of targets: what each node writes, as the target reads it. Nothing is differentiated: each
 * target's reading vector is pulled back through what lies between, all held fixed and so linear, and
 * multiplied with what was written at each position. Yields after each piece of work: how many targets are
 * done once a batch is, else nothing.
 *
 * @param targets in any order; results are in that of the batches
 */
export function* traceTargets(
  replacement: ReplacementModel,
  targets: readonly Target[],
): Generator<number | undefined, TargetRow[]> {
  const rows: TargetRow[] = [];
  for (const batch of batches(replacement, targets)) {
    for (const row of yield* new BatchTrace(replacement, batch).run()) rows.push(row);
    yield rows.length;
  }
  return rows;
}

/** A batch that has less than this to pull back, in vectors by position, is not split for it. */
const FEW_ROWS = 1024;
/** A batch is not joined by targets that read less than this share of the positions that its first reads. */
const ALIKE = 0.75;

/**
 * As many targets as fit in memory, those of late stages first. Where attention is passed through, every
 * vector of a batch is pulled back at as many positions as the longest needs, so that targets of a batch
 * are to be alike in position; elsewhere in stage.
 */
function batches(replacement: ReplacementModel, targets: readonly Target[]): Target[][] {
  const { dModel } = replacement.model.config;
  const byPosition = replacement.mode === 'frozen';
  const sorted = targets.toSorted((a, b) =>
    byPosition ? b.position - a.position : lateFirst(a, b),
  );
  const result: Target[][] = [];
  let batch: Target[] = [];
  let length = 0;
  for (const target of sorted) {
    const reaches = isSpread(replacement, target) ? target.position + 1 : 1;
    const longest = Math.max(length, reaches);
    const isFull = (batch.length + 1) * longest * dModel * 4 > BATCH_BYTES;
    const isUnlike = byPosition && reaches < ALIKE * length && batch.length * length >= FEW_ROWS;
    if (batch.length > 0 && (isFull || isUnlike)) {
      result.push(batch);
      batch = [];
      length = reaches;
    } else length = longest;
    batch.push(target);
  }
  if (batch.length > 0) result.push(batch);
  return result.map((some) => some.sort(lateFirst));
}

function lateFirst(a: Target, b: Target): number {
  return b.stage - a.stage || b.position - a.position;
}

/** True for a target that reads earlier positions too. */
function isSpread({ mode }: ReplacementModel, { reader }: Target): boolean {
  return mode === 'frozen' || reader.place === 'z';
}

/** How many nodes can reach a target. */
export function rowLength(replacement: ReplacementModel, target: Target): number {
  let length = 0;
  for (let p = isSpread(replacement, target) ? 0 : target.position; p <= target.position; p++) {
    length += replacement.writes.nodesBefore(p, target.stage);
  }
  return length;
}

/** A place where what is read changes on the way back. */
interface Pass {
  stage: number;
  apply(readings: Readings): void;
}

function passes({ model, mode, skips }: ReplacementModel): Pass[] {
  const found: Pass[] = [];
  for (let layer = model.blocks.length - 1; layer >= 0; layer--) {
    if (skips.has(layer)) {
      found.push({ stage: mlpStage(layer), apply: (readings) => readings.throughSkip(layer) });
    }
    if (mode === 'frozen') {
      const apply = (readings: Readings) => readings.throughAttention(layer);
      found.push({ stage: attentionStage(layer), apply });
    }
  }
  return found;
}

class BatchTrace {
  readonly #replacement: ReplacementModel;
  readonly #batch: readonly Target[];
  readonly #rows: TargetRow[];
  readonly #length: number;

  constructor(replacement: ReplacementModel, batch: readonly Target[]) {
    this.#replacement = replacement;
    this.#batch = batch;
    this.#rows = batch.map((target) => newRow(replacement, target));
    this.#length = 1 + batch.reduce((last, { position }) => Math.max(last, position), 0);
  }

  *run(): Generator<undefined, TargetRow[]> {
    const { model } = this.#replacement;
    const readings = new Readings(this.#replacement, this.#length);
    try {
      let before = stageCount(model.blocks.length);
      let entered = 0;
      for (const { stage, apply } of passes(this.#replacement)) {
        entered = this.#enter(readings, entered, stage);
        if (!readings.isEmpty) {
          yield* this.#collect(readings, stage, before);
          apply(readings);
          yield;
        }
        before = stage;
      }
      this.#enter(readings, entered, 0);
      yield* this.#collect(readings, 0, before);
    } finally {
      readings.dispose();
    }
    return this.#rows;
  }

  /** Adds the targets from one on that read beyond a stage; the batch is sorted, late ones first. */
  #enter(readings: Readings, from: number, beyond: number): number {
    let start = from;
    while (start < this.#batch.length) {
      const { stage, reader } = this.#batch[start] as Target;
      if (stage <= beyond) break;
      let end = start + 1;
      while (this.#batch[end]?.stage === stage && this.#batch[end]?.reader === reader) end++;
      const owners = Array.from({ length: end - start }, (_, i) => start + i);
      readings.enter(this.#batch.slice(start, end), owners);
      start = end;
    }
    return start;
  }

  /** Multiplies what is read with what is written from one stage on and before another. */
  *#collect(readings: Readings, from: number, before: number): Generator<undefined, void> {
    const { writes } = this.#replacement;
    for (let position = 0; position < this.#length; position++) {
      const read = readings.at(position);
      if (!read) continue;
      const { owners, vectors } = read;
      const ends = owners.map((owner) =>
        writes.rowsBefore(position, Math.min(before, (this.#batch[owner] as Target).stage)),
      );
      const first = writes.rowsBefore(position, from);
      const last = Math.max(...ends);
      if (last > first) {
        const products = tf.tidy(() => {
          const matrix = writes.matrix(position);
          const written = tf.slice2d(matrix, [first, 0], [last - first, matrix.shape[1]]);
          return tf.matMul(vectors, written, false, true);
        });
        const values = products.dataSync<'float32'>();
        products.dispose();
        this.#scatter(position, owners, ends, values, first, last - first);
      }
      vectors.dispose();
      yield;
    }
  }

  #scatter(
    position: number,
    owners: readonly number[],
    ends: readonly number[],
    values: Float32Array,
    first: number,
    width: number,
  ): void {
    const nodes = this.#replacement.writes.nodeOfRow(position);
    for (const [i, owner] of owners.entries()) {
      const row = this.#rows[owner] as TargetRow;
      const start = row.offset(position);
      const count = (ends[i] as number) - first;
      for (let r = 0; r < count; r++) {
        const value = values[i * width + r] as number;
        const node = nodes[first + r] as number;
        if (node === BIAS) row.bias += value;
        else row.values[start + node] = (row.values[start + node] as number) + value;
      }
    }
  }
}

function newRow(replacement: ReplacementModel, target: Target): TargetRow {
  const from = isSpread(replacement, target) ? 0 : target.position;
  const constant = target.reader.constant(target.feature, target.position);
  return new TargetRow(replacement.writes, target, from, constant);
}
