import {
  ARROW_TYPE,
  type HooksRequest,
  isErrorBody,
  ARROW_METADATA as KEY,
  LoupeError,
} from '@loupe/shared';
import { loadReader } from './activations-stream.ts';
import { brokenOff, request } from './http.ts';

/**
 * The value at one hook of a prompt's forward pass, the last axis varying fastest.
 *
 * @throws LoupeError what the server reports, and `LOUPE_SERVER_UNREACHABLE` where the answer broke off
 */
export async function postHook(
  { hook, ...prompt }: Omit<HooksRequest, 'hooks'> & { hook: string },
  signal: AbortSignal,
): Promise<Float32Array> {
  const body: HooksRequest = { ...prompt, hooks: [hook] };
  const response = await request('/hooks', { body, accept: ARROW_TYPE, signal });
  if (!response.body) throw brokenOff();
  const Reader = await loadReader();
  let value: Float32Array | undefined;
  let complete = false;
  try {
    for await (const batch of await Reader.from(response.body)) {
      const failure: unknown = JSON.parse(batch.metadata.get(KEY.error) ?? 'null');
      if (isErrorBody(failure)) throw LoupeError.fromBody(failure);
      const column: unknown = batch.getChild('value')?.toArray();
      if (batch.metadata.has(KEY.hook) && column instanceof Float32Array) value = column;
      complete ||= batch.metadata.get(KEY.complete) === 'true';
    }
  } catch (thrown) {
    if (thrown instanceof LoupeError) throw thrown;
    throw signal.aborted ? new LoupeError('LOUPE_CANCELLED') : brokenOff();
  }
  if (!complete || !value) throw brokenOff();
  return value;
}
