import type { SourceInfo, Token } from '@loupe/shared';
import type { Run, SourceActivations } from './run.ts';

/** One source from rows of `[feature, activation]`, one row for each position. */
export function activationsOf(
  rows: readonly (readonly [number, number][])[],
  source = 0,
  error: number[] = rows.map(() => 0.25),
): SourceActivations {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, t) => {
    offsets[t + 1] = (offsets[t] as number) + row.length;
  });
  return {
    offsets,
    feature: Int32Array.from(rows.flatMap((row) => row.map(([feature]) => feature))),
    activation: Float32Array.from(rows.flatMap((row) => row.map(([, value]) => value))),
    reconstruction: { source, error, explainedVariance: rows.map(() => 0.9), total: 0.9 },
  };
}

export function sourceOf(layer: number, kind: SourceInfo['kind']): SourceInfo {
  const set = kind === 'attention' ? 'att-demo' : 'mlp-demo';
  return {
    id: `${layer}-${set}`,
    set,
    kind,
    layer,
    hook: `blocks.${layer}`,
    outputHook: `blocks.${layer}`,
    width: 16,
    activationFunction: 'relu',
    normalization: 'none',
    convention: 'raw',
  };
}

export function tokensOf(texts: readonly string[]): Token[] {
  return texts.map((text, position) => ({
    position,
    id: position + 10,
    text,
    ...(text === '<|endoftext|>' ? { special: true } : {}),
  }));
}

/** BOS and three tokens through two sources of one layer; feature 1 of the first is huge on BOS. */
export function smallRun(change: Partial<Run> = {}): Run {
  return {
    model: 'demo',
    prompt: 'A cat sat',
    status: 'complete',
    stored: false,
    tokens: tokensOf(['<|endoftext|>', 'A', ' cat', ' sat']),
    sources: [sourceOf(0, 'attention'), sourceOf(0, 'mlp')],
    activations: [
      activationsOf([
        [[1, 90]],
        [
          [2, 4],
          [1, 1],
        ],
        [[2, 2]],
        [],
      ]),
      activationsOf(
        [
          [[7, 50]],
          [[5, 0.5]],
          [
            [5, 2],
            [3, 1],
          ],
          [[3, 1.5]],
        ],
        1,
        [0.9, 0.5, 0.25, 0.125],
      ),
    ],
    outcome: {
      next: [{ id: 20, text: ' on', logit: 8, probability: 0.75 }],
      surprisal: [null, 2, 4, 0.5],
    },
    lens: undefined,
    lensError: undefined,
    progress: 1,
    elapsed: 12,
    error: undefined,
    ...change,
  };
}
