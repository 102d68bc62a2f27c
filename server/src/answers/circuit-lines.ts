import type { CircuitsEvent } from '../jobs/graph-events.ts';
import { CircuitCollector } from './collect-circuit.ts';
import { graphPieces } from './graph-pieces.ts';
import { type Line, line } from './ndjson.ts';

/** A circuits job as lines of JSON: `progress` as it goes on, and last `graph` with the graph. */
export async function* circuitLines(
  events: AsyncIterable<CircuitsEvent>,
): AsyncGenerator<Line, void> {
  const collector = new CircuitCollector();
  for await (const event of events) {
    if (event.type === 'progress') yield line(event);
    else collector.add(event);
  }
  const graph = collector.graph();
  yield (function* () {
    yield Buffer.from('{"type":"graph","graph":');
    yield* graphPieces(graph);
    yield Buffer.from('}');
  })();
}
