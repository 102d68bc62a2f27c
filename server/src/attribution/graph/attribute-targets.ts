import * as tf from '@tensorflow/tfjs-core';
import { attentionStage, BIAS, mlpStage, stageCount } from './output-vectors.ts';
import type { ReplacementModel } from './replacement-model.ts';
import { ResidualGradients } from './residual-gradients.ts';
import { type Target, TargetRow } from './target.ts';

/** Bytes of gradients that go back at once. */
const BATCH_BYTES = 48 * 1024 * 1024;

/**
 * The inputs of targets: what each node writes to the residual stream, times the target's gradient there.
 *
 * This is circuit-tracer's `AttributionContext.compute_batch`, a batch of rows of its adjacency matrix. There
 * autograd takes injected gradients back, and at each layer's output a hook adds
 *
 *     einsum(grads[read_index], output_vecs, "batch position d_model, position d_model -> position batch")
 *
 * to the rows. Here nothing is differentiated: all between is held fixed and so linear, `ResidualGradients`
 * takes the gradients from stage to stage, and `BatchAttribution` multiplies them, position by position, with
 * all output vectors of the stages since (`OutputVectors.matrix`), biases and positions among them. Yields after each piece of work: how many targets are
 * done once a batch is, else nothing.
 *
 * @param targets in any order; results are in that of the batches
 */
export function* attributeTargets(
  replacement: ReplacementModel,
  targets: readonly Target[],
): Generator<number | undefined, TargetRow[]> {
  const rows: TargetRow[] = [];
  for (const batch of batches(replacement, targets)) {
    for (const row of yield* new BatchAttribution(replacement, batch).run()) rows.push(row);
    yield rows.length;
  }
  return rows;
}

/** A batch that has less than this to take back, in gradients by position, is not split for it. */
const FEW_ROWS = 1024;
/** A batch is not joined by targets that read less than this share of the positions that its first reads. */
const ALIKE = 0.75;

/**
 * As many targets as fit in memory, those of late stages first. Where attention is passed through, every
 * gradient of a batch has as many positions as the longest needs, so that targets of a batch
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
    length += replacement.outputs.nodesBefore(p, target.stage);
  }
  return length;
}

/** A place where gradients change on the way back. */
interface Pass {
  stage: number;
  apply(gradients: ResidualGradients): void;
}

function passes({ model, mode, skips }: ReplacementModel): Pass[] {
  const found: Pass[] = [];
  for (let layer = model.blocks.length - 1; layer >= 0; layer--) {
    if (skips.has(layer)) {
      found.push({ stage: mlpStage(layer), apply: (gradients) => gradients.throughSkip(layer) });
    }
    if (mode === 'frozen') {
      const apply = (gradients: ResidualGradients) => gradients.throughAttention(layer);
      found.push({ stage: attentionStage(layer), apply });
    }
  }
  return found;
}

/** The rows of one batch, see `attributeTargets`. */
class BatchAttribution {
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
    const gradients = new ResidualGradients(this.#replacement, this.#length);
    try {
      let before = stageCount(model.blocks.length);
      let entered = 0;
      for (const { stage, apply } of passes(this.#replacement)) {
        entered = this.#enter(gradients, entered, stage);
        if (!gradients.isEmpty) {
          yield* this.#collect(gradients, stage, before);
          apply(gradients);
          yield;
        }
        before = stage;
      }
      this.#enter(gradients, entered, 0);
      yield* this.#collect(gradients, 0, before);
    } finally {
      gradients.dispose();
    }
    return this.#rows;
  }

  /** Injects the targets from one on that read beyond a stage; the batch is sorted, late ones first. */
  #enter(gradients: ResidualGradients, from: number, beyond: number): number {
    let start = from;
    while (start < this.#batch.length) {
      const first = this.#batch[start];
      if (!first || first.stage <= beyond) break;
      const { stage, reader } = first;
      let end = start + 1;
      while (this.#batch[end]?.stage === stage && this.#batch[end]?.reader === reader) end++;
      const owners = Array.from({ length: end - start }, (_, i) => start + i);
      gradients.enter(this.#batch.slice(start, end), owners);
      start = end;
    }
    return start;
  }

  /** Multiplies gradients with what is written from one stage on and before another. */
  *#collect(
    gradients: ResidualGradients,
    from: number,
    before: number,
  ): Generator<undefined, void> {
    const { outputs } = this.#replacement;
    for (let position = 0; position < this.#length; position++) {
      const found = gradients.at(position);
      if (!found) continue;
      const { owners } = found;
      const ends = owners.map((owner) =>
        outputs.rowsBefore(position, Math.min(before, (this.#batch[owner] as Target).stage)),
      );
      const first = outputs.rowsBefore(position, from);
      const last = Math.max(...ends);
      if (last > first) {
        const products = tf.tidy(() => {
          const matrix = outputs.matrix(position);
          const written = tf.slice2d(matrix, [first, 0], [last - first, matrix.shape[1]]);
          return tf.matMul(found.gradients, written, false, true);
        });
        const values = products.dataSync<'float32'>();
        products.dispose();
        this.#scatter(position, owners, ends, values, first, last - first);
      }
      found.gradients.dispose();
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
    const nodes = this.#replacement.outputs.nodeOfRow(position);
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
  const bias = target.reader.bias(target.feature, target.position);
  return new TargetRow(replacement.outputs, target, from, bias);
}
