import { Type } from 'typebox';
import { checkKind } from './check-kind.ts';

/** A published value that Loupe cannot measure, listed with the reason so that nobody misses it. */
export const unavailable = checkKind({
  name: 'unavailable',
  parameters: Type.Object({ reason: Type.String() }, { additionalProperties: false }),
  blocked: ({ reason }) => reason,
  // biome-ignore lint/correctness/useYield: it has nothing to measure
  *measure() {
    return new Map();
  },
});
