import { type Architecture, LoupeError } from '@loupe/shared';
import { layerOfHook } from '../model/hooks.ts';
import type { DictionaryConfig, DictionaryWeights } from './config.ts';

/**
 * A dictionary of one attention head as one of its whole hook, `[head · d_head]`: its weights stand where
 * that head is, and are 0 elsewhere. Others are given back as they are.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a head that the layer does not have
 */
export function onAllHeads<Weights extends DictionaryWeights>(
  config: DictionaryConfig,
  weights: Weights,
  { layers, heads, headsPerLayer }: Pick<Architecture, 'layers' | 'heads' | 'headsPerLayer'>,
): { config: DictionaryConfig; weights: Weights | DictionaryWeights } {
  const { oneHead: head, hook, width } = config;
  if (!head || config.dIn !== head.size) return { config, weights };
  const count = headsPerLayer?.[layerOfHook(hook, layers) ?? 0] ?? heads;
  checkHead(head, hook, count);
  const all = count * head.size;
  const from = head.index * head.size;
  const wide = (vector: Float32Array): Float32Array => {
    const result = new Float32Array(all);
    result.set(vector, from);
    return result;
  };
  const encoder = new Float32Array(all * width);
  encoder.set(weights.encoder, from * width);
  const decoder = new Float32Array(width * all);
  for (let feature = 0; feature < width; feature++) {
    const row = weights.decoder.subarray(feature * head.size, (feature + 1) * head.size);
    decoder.set(row, feature * all + from);
  }
  return {
    config: { ...config, dIn: all, dOut: all },
    weights: {
      ...weights,
      encoder,
      decoder,
      bOut: wide(weights.bOut),
      ...(weights.bIn && { bIn: wide(weights.bIn) }),
    },
  };
}

/**
 * Refuses a head that a layer does not have.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY`
 */
export function checkHead({ index }: { index: number }, hook: string, count: number): void {
  if (index < count) return;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `It is of head ${index} at ${hook}, but there are only the heads 0 to ${count - 1}.`,
  );
}
