import type { ExampleRun, ModelInfo } from '@loupe/shared';
import { toCsr } from '../../api/csr.ts';
import { describeSource, newRun } from './execute.ts';
import type { Run } from './run.ts';

/** The run that ships with a model, in the form of one that has streamed in. */
export function storedRun({ prompt, activations, lens }: ExampleRun, model: ModelInfo): Run {
  const { tokens, sources, reconstruction, next, surprisal } = activations;
  const columns = activations.activations;
  const rowsOf = sources.map((): number[] => []);
  for (const [row, source] of columns.source.entries()) rowsOf[source]?.push(row);
  return {
    ...newRun(model.id, prompt),
    status: 'complete',
    stored: true,
    tokens,
    sources: sources.map((source) => describeSource(source, model)),
    activations: sources.map((_, source) => {
      const rows = rowsOf[source] ?? [];
      const pick = (column: number[]) => rows.map((row) => column[row] ?? 0);
      const csr = toCsr(
        tokens.length,
        pick(columns.position),
        pick(columns.feature),
        pick(columns.activation),
      );
      const known = reconstruction.find((one) => one.source === source);
      return known && { ...csr, reconstruction: known };
    }),
    outcome: { next, surprisal },
    lens,
    progress: 1,
  };
}
