import type { Token } from '@loupe/shared';

const known = new WeakMap<readonly Token[], Uint8Array>();

/** [positions] 1 where the token is special: their huge activations stay out of every scale. */
export function specialMask(tokens: readonly Token[]): Uint8Array {
  let mask = known.get(tokens);
  if (!mask) {
    mask = Uint8Array.from(tokens, (token) => (token.special ? 1 : 0));
    known.set(tokens, mask);
  }
  return mask;
}
