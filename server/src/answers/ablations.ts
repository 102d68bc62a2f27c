import { type AblationsLine, type AblationsResponse, LoupeError } from '@loupe/shared';
import type { AblationsEvent } from '../jobs/ablations.ts';
import { type Line, line } from './ndjson.ts';

/** An ablations job as lines of JSON: `progress` as it goes on, and last `ablations`. */
export async function* ablationsLines(
  events: AsyncIterable<AblationsEvent>,
): AsyncGenerator<Line, void> {
  for await (const event of events) yield line(event satisfies AblationsLine);
}

/**
 * What was measured in the end.
 *
 * @throws LoupeError what the job fails with
 */
export async function collectAblations(
  events: AsyncIterable<AblationsEvent>,
): Promise<AblationsResponse> {
  let measured: AblationsResponse | undefined;
  for await (const event of events) if (event.type === 'ablations') measured = event.ablations;
  if (measured) return measured;
  throw new LoupeError('LOUPE_INTERNAL', 'the engine ended before it had measured anything');
}
