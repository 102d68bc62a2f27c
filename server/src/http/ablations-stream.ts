import {
  type AblationsLine,
  type AblationsResponse,
  LoupeError,
  toLoupeError,
} from '@loupe/shared';
import type { AblationsEvent } from '../engine/jobs.ts';
import { publicError } from './failure.ts';

/**
 * An ablations job as lines of JSON: `progress` as it goes on, and last `ablations` with what was
 * measured, or `error`.
 *
 * @param onFailure told of an error that ends the work midway; the last line carries it too
 */
export async function* ablationsStream(
  first: AblationsEvent,
  rest: AsyncIterable<AblationsEvent>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer, void> {
  try {
    yield line(first);
    for await (const event of rest) yield line(event);
  } catch (thrown) {
    onFailure(thrown);
    yield line({ type: 'error', error: publicError(toLoupeError(thrown)) });
  }
}

/** What was measured in the end. */
export async function lastAblations(
  rest: AsyncIterable<AblationsEvent>,
): Promise<AblationsResponse> {
  let measured: AblationsResponse | undefined;
  for await (const event of rest) if (event.type === 'ablations') measured = event.ablations;
  if (measured) return measured;
  throw new LoupeError('LOUPE_INTERNAL', 'the engine ended before it had measured anything');
}

function line(value: AblationsLine): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
