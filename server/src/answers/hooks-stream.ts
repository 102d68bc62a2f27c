import { ARROW_METADATA, LoupeError, type StreamHook } from '@loupe/shared';
import type { HooksEvent } from '../jobs/hooks.ts';
import { arrowStream, type Batch } from './arrow-stream.ts';

type Start = Extract<HooksEvent, { type: 'start' }>;

const COLUMNS = { value: 'float32' } as const;

/**
 * Values at hooks as an Arrow IPC stream, one record batch a hook, in the order of the request; see
 * `arrowStream`. Its one column has the values of a hook with the last axis varying fastest.
 *
 * @param onFailure told of an error that ends the work midway; the stream carries it too
 */
export function hooksStream(
  { model, tokens, hooks }: Start,
  events: AsyncIterable<HooksEvent>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  const metadata = new Map([
    [ARROW_METADATA.model, model],
    [ARROW_METADATA.tokens, JSON.stringify(tokens)],
    [ARROW_METADATA.hooks, JSON.stringify(hooks)],
  ]);
  return arrowStream(COLUMNS, metadata, batches(hooks, events), onFailure);
}

async function* batches(
  hooks: readonly StreamHook[],
  events: AsyncIterable<HooksEvent>,
): AsyncGenerator<Batch<'value'>, Map<string, string>> {
  let given = 0;
  let value = emptyValue(hooks[0]);
  let filled = 0;
  let ended = false;
  for await (const event of events) {
    ended ||= event.type === 'end';
    if (event.type !== 'values') continue;
    value.set(event.values, filled);
    filled += event.values.length;
    if (filled < value.length) continue;
    yield { columns: { value }, metadata: batchMetadata(hooks, given) };
    given++;
    value = emptyValue(hooks[given]);
    filled = 0;
  }
  if (ended && given === hooks.length) return new Map();
  throw new LoupeError('LOUPE_INTERNAL', 'The engine ended a job without the values of all hooks.');
}

function emptyValue(hook: StreamHook | undefined): Float32Array {
  return new Float32Array(hook?.shape.reduce((product, length) => product * length, 1) ?? 0);
}

function batchMetadata(hooks: readonly StreamHook[], index: number): Map<string, string> {
  return new Map([
    [ARROW_METADATA.hook, hooks[index]?.name ?? ''],
    [ARROW_METADATA.shape, JSON.stringify(hooks[index]?.shape)],
    [ARROW_METADATA.progress, String((index + 1) / hooks.length)],
  ]);
}
