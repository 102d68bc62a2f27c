import { toLoupeError } from '@loupe/shared';
import type { CircuitsEvent } from '../engine/jobs.ts';
import { CircuitCollector } from './collect-circuit.ts';
import { publicError } from './failure.ts';
import { graphPieces } from './graph-pieces.ts';

export const NDJSON_TYPE = 'application/x-ndjson';

/**
 * A circuits job as lines of JSON: `progress` as it goes on, and last `graph` with the graph, or `error`.
 *
 * @param onFailure told of an error that ends the work midway; the last line carries it too
 */
export async function* circuitStream(
  first: CircuitsEvent,
  rest: AsyncIterable<CircuitsEvent>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer, void> {
  const collector = new CircuitCollector();
  const take = (event: CircuitsEvent): Buffer | undefined => {
    if (event.type === 'progress') return line(event);
    collector.add(event);
    return undefined;
  };
  try {
    const begun = take(first);
    if (begun) yield begun;
    for await (const event of rest) {
      const told = take(event);
      if (told) yield told;
    }
    const pieces = graphPieces(collector.graph());
    yield Buffer.from('{"type":"graph","graph":');
    yield* pieces;
    yield Buffer.from('}\n');
  } catch (thrown) {
    onFailure(thrown);
    yield line({ type: 'error', error: publicError(toLoupeError(thrown)) });
  }
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
