import { type ActivationsResponse, LoupeError } from '@loupe/shared';
import type { ActivationsEvent } from '../jobs/activations.ts';
import type { ActivationColumns } from './activations-stream.ts';

type Start = Extract<ActivationsEvent, { type: 'start' }>;
type SourceEvent = Extract<ActivationsEvent, { type: 'source' }>;

/** `ActivationsResponse` with its columns as typed arrays; its JSON is the same. */
export type CollectedActivations = Omit<ActivationsResponse, 'activations'> & {
  activations: ActivationColumns;
};

/**
 * Waits for all events of an activations job and puts them together as the one answer.
 *
 * @param start the event that has been read already
 * @throws LoupeError what the job fails with
 */
export async function collectActivations(
  { model, tokens, sources }: Start,
  rest: AsyncIterable<ActivationsEvent>,
): Promise<CollectedActivations> {
  const found: SourceEvent[] = [];
  for await (const event of rest) {
    if (event.type === 'source') found.push(event);
    if (event.type !== 'end') continue;
    const activations = join(found);
    return {
      model,
      tokens,
      sources,
      activations,
      reconstruction: found.map(({ reconstruction }) => reconstruction),
      ...event.outcome,
      rows: activations.source.length,
      complete: true,
    };
  }
  throw new LoupeError('LOUPE_INTERNAL', 'The engine ended a job without its outcome.');
}

function join(events: readonly SourceEvent[]): ActivationColumns {
  const rows = events.reduce((sum, { feature }) => sum + feature.length, 0);
  const columns = {
    source: new Int32Array(rows),
    position: new Int32Array(rows),
    feature: new Int32Array(rows),
    activation: new Float32Array(rows),
  };
  let row = 0;
  for (const { source, position, feature, activation } of events) {
    columns.source.fill(source, row, row + feature.length);
    columns.position.set(position, row);
    columns.feature.set(feature, row);
    columns.activation.set(activation, row);
    row += feature.length;
  }
  return columns;
}
