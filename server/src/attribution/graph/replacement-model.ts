import type { GraphMode } from '@loupe/shared';
import type { Gpt2 } from '../../model/gpt2.ts';
import type { FrozenAttention } from '../frozen-attention.ts';
import type { SkipPass } from './skip-pass.ts';
import type { TargetReader } from './target.ts';
import { WriteTable } from './write-table.ts';

/**
 * The local replacement model of a prompt (Ameisen et al., 2025): outputs of attention and MLPs written as
 * active features, errors and biases, patterns and LayerNorm scales held at their values. Nothing is
 * approximated: an error is whatever the features leave, so the forward pass is the true one.
 */
export class ReplacementModel {
  readonly model: Gpt2;
  readonly mode: GraphMode;
  readonly writes: WriteTable;
  /** By stage, what its features read. */
  readonly readers = new Map<number, TargetReader>();
  /** By layer, those through which something is pulled back. */
  readonly attention = new Map<number, FrozenAttention>();
  /** By layer, MLPs whose transcoders have a part that is linear in their input. */
  readonly skips = new Map<number, SkipPass>();

  constructor(model: Gpt2, mode: GraphMode, positions: number) {
    this.model = model;
    this.mode = mode;
    this.writes = new WriteTable(positions);
  }

  dispose(): void {
    this.writes.dispose();
    for (const parts of [this.readers, this.attention, this.skips]) {
      for (const part of parts.values()) part.dispose();
    }
  }
}
